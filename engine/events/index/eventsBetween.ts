import { allocateEvents, type EventBatch, firstEvents } from '../eventBatch';
import type { EventReader, Recording } from '../recording';
import type { IndexSegment, RecordingIndex } from './recordingIndex';

const FIRST_CAPACITY = 1 << 16;

/** The answer to {@link eventsBetween}. */
export interface EventsBetween {
  /** In file order, in arrays of their own. */
  readonly events: EventBatch;
  /** Whether there are more than `limit`: the rest is missing. */
  readonly truncated: boolean;
}

/** How much is asked for. */
export interface EventsBetweenOptions {
  /** Most events to return; default: no limit. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** An event batch that grows. */
class Collected {
  private events = allocateEvents(FIRST_CAPACITY);
  count = 0;

  constructor(private readonly limit: number) {}

  /** Adds the events with t0 <= t < t1. @returns false when there was one too many. */
  add(batch: EventBatch, t0: number, t1: number): boolean {
    this.reserve(Math.min(this.count + batch.t.length, this.limit));
    const { t, x, y, polarity } = this.events;
    for (let index = 0; index < batch.t.length; index++) {
      const time = batch.t[index]!;
      if (time < t0 || time >= t1) {
        continue;
      }
      if (this.count === this.limit) {
        return false;
      }
      t[this.count] = time;
      x[this.count] = batch.x[index]!;
      y[this.count] = batch.y[index]!;
      polarity[this.count] = batch.polarity[index]!;
      this.count++;
    }
    return true;
  }

  private reserve(capacity: number): void {
    if (capacity <= this.events.t.length) {
      return;
    }
    const larger = allocateEvents(Math.min(this.limit, Math.max(capacity, this.events.t.length * 2)));
    larger.t.set(this.events.t);
    larger.x.set(this.events.x);
    larger.y.set(this.events.y);
    larger.polarity.set(this.events.polarity);
    this.events = larger;
  }

  batch(): EventBatch {
    const { t, x, y, polarity } = firstEvents(this.events, this.count);
    return { t: t.slice(), x: x.slice(), y: y.slice(), polarity: polarity.slice() };
  }
}

/** Neighbouring segments that hold times of the range, as runs [from, to) of event numbers with one place each. */
function* runsOf(segments: readonly IndexSegment[], t0: number, t1: number) {
  let from: IndexSegment | undefined;
  for (const segment of segments) {
    const wanted = segment.highest >= t0 && segment.lowest < t1;
    if (wanted) {
      from ??= segment;
    } else if (from) {
      yield { from, end: segment.begin };
      from = undefined;
    }
  }
  if (from) {
    yield { from, end: Number.POSITIVE_INFINITY };
  }
}

/**
 * The batches of the recording that may hold events with t0 <= t < t1 (µs), found by the index: neighbouring segments
 * are read in one go, others not at all.
 */
export async function* batchesBetween(
  recording: Recording,
  index: RecordingIndex,
  t0: number,
  t1: number,
): AsyncGenerator<EventBatch> {
  for (const { from, end } of runsOf(index.segments, t0, t1)) {
    const reader = await recording.events(from.state);
    try {
      yield* batchesUntil(reader, end - from.begin);
    } finally {
      await reader.close();
    }
  }
}

async function* batchesUntil(reader: EventReader, events: number): AsyncGenerator<EventBatch> {
  for (let read = 0; read < events; ) {
    const batch = await reader.next();
    if (!batch) {
      return;
    }
    read += batch.t.length;
    yield read > events ? firstEvents(batch, batch.t.length - (read - events)) : batch;
  }
}

/**
 * All events with t0 <= t < t1 (µs) in file order, also where timestamps step back.
 * @throws SpikeBridgeError (data) as the reader does. An aborted signal ends it with what was found.
 */
export async function eventsBetween(
  recording: Recording,
  index: RecordingIndex,
  t0: number,
  t1: number,
  { limit = Number.POSITIVE_INFINITY, signal }: EventsBetweenOptions = {},
): Promise<EventsBetween> {
  const collected = new Collected(limit);
  for await (const batch of batchesBetween(recording, index, t0, t1)) {
    if (!collected.add(batch, t0, t1)) {
      return { events: collected.batch(), truncated: true };
    }
    if (signal?.aborted) {
      break;
    }
  }
  return { events: collected.batch(), truncated: false };
}

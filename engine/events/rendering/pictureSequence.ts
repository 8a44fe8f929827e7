import { SpikeBridgeError } from '../../errors';
import type { EventBatch, SensorSize } from '../eventBatch';
import { PictureCounts } from './picture';

/** How a recording becomes moving pictures. */
export interface SequenceOptions {
  readonly size: SensorSize;
  /** What one picture shows, in µs. */
  readonly window: number;
  /** Recording time from one picture to the next, in µs. */
  readonly step: number;
}

/** One of the moving pictures. */
export interface SequencePicture {
  /** Overwritten by the next picture. */
  readonly counts: PictureCounts;
  /** Holds events with from <= t < to, in µs. */
  readonly from: number;
  readonly to: number;
}

/** About 900 MB. */
const MOST_HELD_EVENTS = 2 ** 26;

function tooManyHeld(): SpikeBridgeError {
  return new SpikeBridgeError(
    'usage',
    `one picture would show more than ${MOST_HELD_EVENTS} events, which take too much memory`,
    'Let a picture show less (--window), or write a .png, which counts as it reads.',
  );
}

function copy({ t, x, y, polarity }: EventBatch): EventBatch {
  return { t: t.slice(), x: x.slice(), y: y.slice(), polarity: polarity.slice() };
}

/**
 * Counts of a stream of events: the first over one window from the first event on, then one every `step` µs; the last
 * holds the last event. Keeps the events of one window in memory.
 * @throws SpikeBridgeError (usage) where a window has more than 67 million events.
 */
export async function* pictureSequence(
  events: AsyncIterable<EventBatch>,
  { size, window, step }: SequenceOptions,
): AsyncGenerator<SequencePicture> {
  const counts = new PictureCounts(size);
  let held: EventBatch[] = [];
  let heldEvents = 0;
  let end = Number.NaN;
  let shown = Number.NEGATIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;

  function next(): SequencePicture {
    const from = end - window;
    counts.clear();
    for (const batch of held) {
      counts.add(batch, from, end);
    }
    held = held.filter(({ t }) => t.some((time) => time >= from + step));
    heldEvents = held.reduce((sum, { t }) => sum + t.length, 0);
    const picture = { counts, from, to: end };
    shown = end;
    end += step;
    return picture;
  }

  for await (const batch of events) {
    if (batch.t.length === 0) {
      continue;
    }
    end = Number.isNaN(end) ? batch.t[0]! + window : end;
    held.push(copy(batch));
    heldEvents += batch.t.length;
    if (heldEvents > MOST_HELD_EVENTS) {
      throw tooManyHeld();
    }
    latest = batch.t.reduce((most, time) => Math.max(most, time), latest);
    while (latest >= end) {
      yield next();
    }
  }
  if (held.length > 0 && latest >= shown) {
    yield next();
  }
}

import { type EventBatch, isSortedByTime, type SensorSize } from '../eventBatch';
import { keepEvents } from '../filters/keepEvents';
import type { EventReader, Recording } from '../recording';
import { throwIfAborted } from '../throwIfAborted';

/** Sensors and their links disorder events by less than this; a pass ends this far behind its range. */
const DISORDER_MICROSECONDS = 100_000;

/** Which events of a recording are wanted, and how the reading is watched. */
export interface PassOptions {
  /** µs, inclusive; default: from the first event. */
  readonly from?: number;
  /** µs, exclusive; default: to the last event. */
  readonly to?: number;
  /** @param share of the recording read, 0 to 1. */
  readonly progress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

function isInside({ t }: EventBatch, from: number, to: number): boolean {
  return isSortedByTime({ t } as EventBatch) && t[0]! >= from && t.at(-1)! < to;
}

/** The events with from <= t < to; the same batch where all are. */
function within(events: EventBatch, from: number, to: number): EventBatch {
  if (isInside(events, from, to)) {
    return events;
  }
  const { t } = events;
  return keepEvents(events, (index) => t[index]! >= from && t[index]! < to);
}

function isBehind({ t }: EventBatch, time: number): boolean {
  return t.every((each) => each >= time);
}

async function openAt(recording: Recording, from: number | undefined): Promise<EventReader> {
  const state = from === undefined ? undefined : await recording.seek?.(from);
  return recording.events(state);
}

/**
 * The events of a recording with from <= t < to, in file order, batch by batch. A batch is valid until the next one is
 * asked for. Reading starts at the place that the container's own index names, and ends at the first batch that lies
 * wholly 0.1 s or more behind `to`: where a recording's clock starts anew, later events are not found.
 * @throws SpikeBridgeError (cancelled) when the signal is aborted; (data) as the reader does.
 */
export async function* eventPass(
  recording: Recording,
  options: PassOptions = {},
): AsyncGenerator<EventBatch> {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, progress, signal } = options;
  const reader = await openAt(recording, options.from);
  try {
    for (let batch = await reader.next(); batch; batch = await reader.next(batch)) {
      throwIfAborted(signal);
      const wanted = within(batch, from, to);
      if (wanted.t.length > 0) {
        yield wanted;
      } else if (isBehind(batch, to + DISORDER_MICROSECONDS)) {
        return;
      }
      progress?.(reader.progress());
    }
  } finally {
    await reader.close();
  }
}

/** The smallest size that holds all events of a range; undefined without events. */
export async function measureSize(
  recording: Recording,
  options: PassOptions,
): Promise<SensorSize | undefined> {
  let width = 0;
  let height = 0;
  for await (const { x, y } of eventPass(recording, options)) {
    for (let index = 0; index < x.length; index++) {
      width = Math.max(width, x[index]! + 1);
      height = Math.max(height, y[index]! + 1);
    }
  }
  return width > 0 ? { width, height } : undefined;
}

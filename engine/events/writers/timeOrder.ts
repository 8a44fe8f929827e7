import { SpikeBridgeError } from '../../errors';
import { allocateEvents, type EventBatch, sortedByTime } from '../eventBatch';

/** Events held back: sensors and their links disorder events by far fewer. */
const HELD_EVENTS = 16_384;

function slice({ t, x, y, polarity }: EventBatch, begin: number, end: number): EventBatch {
  return {
    t: t.slice(begin, end),
    x: x.slice(begin, end),
    y: y.slice(begin, end),
    polarity: polarity.slice(begin, end),
  };
}

function joined(first: EventBatch, second: EventBatch): EventBatch {
  const events = allocateEvents(first.t.length + second.t.length);
  for (const [batch, offset] of [
    [first, 0],
    [second, first.t.length],
  ] as const) {
    events.t.set(batch.t, offset);
    events.x.set(batch.x, offset);
    events.y.set(batch.y, offset);
    events.polarity.set(batch.polarity, offset);
  }
  return events;
}

/** Puts a stream of events in time order, as far as they are out of it by at most 16,384 events. */
export interface TimeOrder {
  /** Events that are in their place for good. @throws SpikeBridgeError (data) where one comes too late. */
  push(events: EventBatch): EventBatch;
  /** The rest. */
  flush(): EventBatch;
}

/** @param file named in errors. */
export function timeOrder(file: string): TimeOrder {
  let held = allocateEvents(0);
  let lastTime = Number.NEGATIVE_INFINITY;

  function release(events: EventBatch): EventBatch {
    const first = events.t[0] ?? lastTime;
    if (first < lastTime) {
      throw new SpikeBridgeError(
        'data',
        `the recording's time steps back from ${lastTime} µs to ${first} µs, over more than ${HELD_EVENTS} events`,
        'This format needs events in time order. Cut the recording where its time starts anew (--from, --to), or write NPY or CSV, which keep the order of the file.',
        { file },
      );
    }
    lastTime = events.t.at(-1) ?? lastTime;
    return events;
  }

  return {
    push(events) {
      const all = sortedByTime(joined(held, events));
      const ready = Math.max(0, all.t.length - HELD_EVENTS);
      held = slice(all, ready, all.t.length);
      return release(slice(all, 0, ready));
    },
    flush() {
      const rest = held;
      held = allocateEvents(0);
      return release(rest);
    },
  };
}

import { allocateEvents, type EventBatch, firstEvents, sortedByTime } from '../events/eventBatch';

/** Collects events of all pixels in any order. */
export interface EventRecorder {
  /** @param time µs; @param polarity 1 = ON, 0 = OFF. */
  add(time: number, x: number, y: number, polarity: number): void;
  /** The events in time order, times rounded down to whole µs. */
  finish(): EventBatch;
}

/** A recorder whose memory grows as needed. */
export function eventRecorder(): EventRecorder {
  let events = allocateEvents(8192);
  let count = 0;

  function grow(): void {
    const larger = allocateEvents(2 * events.t.length);
    larger.t.set(events.t);
    larger.x.set(events.x);
    larger.y.set(events.y);
    larger.polarity.set(events.polarity);
    events = larger;
  }

  return {
    add(time, x, y, polarity) {
      if (count === events.t.length) {
        grow();
      }
      events.t[count] = Math.floor(time);
      events.x[count] = x;
      events.y[count] = y;
      events.polarity[count] = polarity;
      count++;
    },
    finish: () => sortedByTime(firstEvents(events, count)),
  };
}

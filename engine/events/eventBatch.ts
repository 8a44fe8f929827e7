/**
 * Events of one recording as a struct of arrays, in file order. All arrays have the same length.
 * Origin upper left: x to the right, y downwards.
 */
export interface EventBatch {
  /** Timestamps in µs (integers; doubles hold them exactly up to 2^53). */
  readonly t: Float64Array;
  /** Columns in pixels, from 0. */
  readonly x: Uint16Array;
  /** Rows in pixels, from 0. */
  readonly y: Uint16Array;
  /** 1 = ON (brighter), 0 = OFF (darker). */
  readonly polarity: Uint8Array;
}

/** Width and height of an event sensor in pixels. */
export interface SensorSize {
  readonly width: number;
  readonly height: number;
}

/** An event batch of `length` events, all zero. */
export function allocateEvents(length: number): EventBatch {
  return {
    t: new Float64Array(length),
    x: new Uint16Array(length),
    y: new Uint16Array(length),
    polarity: new Uint8Array(length),
  };
}

/** The first `count` events as views on the same memory. */
export function firstEvents(events: EventBatch, count: number): EventBatch {
  return {
    t: events.t.subarray(0, count),
    x: events.x.subarray(0, count),
    y: events.y.subarray(0, count),
    polarity: events.polarity.subarray(0, count),
  };
}

/** Whether no timestamp is smaller than the one before it. */
export function isSortedByTime({ t }: EventBatch): boolean {
  for (let index = 1; index < t.length; index++) {
    if (t[index]! < t[index - 1]!) {
      return false;
    }
  }
  return true;
}

/** The events in time order (stable); the same object where they are in order already. */
export function sortedByTime(events: EventBatch): EventBatch {
  if (isSortedByTime(events)) {
    return events;
  }
  const order = Uint32Array.from(events.t, (_, index) => index).sort(
    (left, right) => events.t[left]! - events.t[right]! || left - right,
  );
  const sorted = allocateEvents(order.length);
  order.forEach((source, index) => {
    sorted.t[index] = events.t[source]!;
    sorted.x[index] = events.x[source]!;
    sorted.y[index] = events.y[source]!;
    sorted.polarity[index] = events.polarity[source]!;
  });
  return sorted;
}

/** Batches one behind the other; the only one itself. */
export function joinBatches(batches: readonly EventBatch[]): EventBatch {
  if (batches.length === 1) {
    return batches[0]!;
  }
  const joined = allocateEvents(batches.reduce((sum, { t }) => sum + t.length, 0));
  let offset = 0;
  for (const batch of batches) {
    joined.t.set(batch.t, offset);
    joined.x.set(batch.x, offset);
    joined.y.set(batch.y, offset);
    joined.polarity.set(batch.polarity, offset);
    offset += batch.t.length;
  }
  return joined;
}

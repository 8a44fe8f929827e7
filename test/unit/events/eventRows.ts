import fc from 'fast-check';
import { allocateEvents, type EventBatch, type SensorSize } from '../../../engine/events/eventBatch';

/** [t, x, y, polarity]. */
export type EventRow = readonly [number, number, number, number];

/** Rows as a batch. */
export function batchOf(rows: readonly EventRow[]): EventBatch {
  const events = allocateEvents(rows.length);
  rows.forEach(([t, x, y, polarity], index) => {
    events.t[index] = t;
    events.x[index] = x;
    events.y[index] = y;
    events.polarity[index] = polarity;
  });
  return events;
}

/** A batch as rows. */
export function rowsOf({ t, x, y, polarity }: EventBatch): EventRow[] {
  return Array.from(t, (time, index) => [time, x[index]!, y[index]!, polarity[index]!]);
}

/** Random rows in time order. @param limit timestamps are smaller, in µs. */
export function sortedRows(
  sensor: SensorSize,
  limit: number,
  size: { minLength?: number; maxLength?: number } = {},
): fc.Arbitrary<EventRow[]> {
  const row = fc.tuple(
    fc.nat(limit - 1),
    fc.nat(sensor.width - 1),
    fc.nat(sensor.height - 1),
    fc.constantFrom(0, 1),
  );
  return fc.array(row, size).map((rows) => [...rows].sort((left, right) => left[0] - right[0]));
}

/** Cuts rows into batches at the given places (taken modulo the length). */
export function cutRows(rows: readonly EventRow[], places: readonly number[]): EventRow[][] {
  const cuts = [...new Set([0, ...places.map((place) => place % (rows.length + 1)), rows.length])];
  cuts.sort((left, right) => left - right);
  return cuts.slice(1).map((end, index) => rows.slice(cuts[index], end));
}

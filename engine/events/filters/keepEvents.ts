import { allocateEvents, type EventBatch } from '../eventBatch';

/**
 * The events for which `keep` is true, in their order; `keep` is asked once per event, in order.
 * @returns the same batch where all are kept, else arrays of their own.
 */
export function keepEvents(events: EventBatch, keep: (index: number) => boolean): EventBatch {
  const length = events.t.length;
  const kept = new Uint32Array(length);
  let count = 0;
  for (let index = 0; index < length; index++) {
    if (keep(index)) {
      kept[count++] = index;
    }
  }
  return count === length ? events : pickEvents(events, kept.subarray(0, count));
}

/** The events at `indices`, in that order, in arrays of their own. */
export function pickEvents(events: EventBatch, indices: Uint32Array): EventBatch {
  const picked = allocateEvents(indices.length);
  for (let position = 0; position < indices.length; position++) {
    const index = indices[position]!;
    picked.t[position] = events.t[index]!;
    picked.x[position] = events.x[index]!;
    picked.y[position] = events.y[index]!;
    picked.polarity[position] = events.polarity[index]!;
  }
  return picked;
}

import type { EventBatch } from '../eventBatch';

/** Rows of a fixed number of bytes, one per event. */
export interface RowLayout {
  readonly bytesPerRow: number;
  /** Writes event `index` of the batch at `offset`. */
  put(view: DataView, offset: number, events: EventBatch, index: number): void;
}

/** A batch as rows. */
export function encodeRows(events: EventBatch, { bytesPerRow, put }: RowLayout): Uint8Array {
  const bytes = new Uint8Array(events.t.length * bytesPerRow);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < events.t.length; index++) {
    put(view, index * bytesPerRow, events, index);
  }
  return bytes;
}

/** Writes a whole number as a little-endian 64-bit one. @param value within ±2^53. */
export function putInt64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, (value % 2 ** 32) | 0, true);
  view.setInt32(offset + 4, Math.floor(value / 2 ** 32), true);
}

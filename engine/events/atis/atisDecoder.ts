import { type DecodeCursor, type EventDecoder, FULL_AT } from '../words/eventDecoder';

export const ATIS_EVENT_BYTES = 5;
/** A row that is no pixel: every later timestamp gains OVERFLOW_MICROSECONDS (formats.md 1). */
export const OVERFLOW_ROW = 240;
export const OVERFLOW_MICROSECONDS = 8192;

/** ATIS 40-bit: x, y, polarity in bit 7 of byte 2, 23-bit big-endian µs (formats.md 1). */
export class AtisDecoder implements EventDecoder {
  /** µs added by overflow markers. */
  private overflow = 0;

  decode(cursor: DecodeCursor): void {
    const { bytes, target } = cursor;
    const { t, x, y, polarity } = target;
    const last = bytes.length - ATIS_EVENT_BYTES;
    let { overflow } = this;
    let { position, count } = cursor;
    for (; position <= last && count <= FULL_AT; position += ATIS_EVENT_BYTES) {
      const row = bytes[position + 1]!;
      const high = bytes[position + 2]!;
      const time = ((high & 0x7f) << 16) | (bytes[position + 3]! << 8) | bytes[position + 4]!;
      t[count] = overflow + time;
      x[count] = bytes[position]!;
      y[count] = row;
      polarity[count] = high >>> 7;
      if (row === OVERFLOW_ROW) {
        overflow += OVERFLOW_MICROSECONDS;
      } else {
        count++;
      }
    }
    this.overflow = overflow;
    cursor.position = position;
    cursor.count = count;
  }

  snapshot(): readonly number[] {
    return [this.overflow];
  }

  restore([overflow = 0]: readonly number[]): void {
    this.overflow = overflow;
  }
}

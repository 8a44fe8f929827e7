import { type DecodeCursor, type EventDecoder, FULL_AT } from '../words/eventDecoder';

const RECORD_BYTES = 8;
const TIME_SPAN = 2 ** 32;
const HALF_SPAN = 2 ** 31;

/** Version of the record layout. */
export type DatVersion = 1 | 2;

/** Bits of the word behind the time: column, row, polarity, from the lowest on. */
const BITS = { 1: [9, 8, 1], 2: [14, 14, 4] } as const;

/** DAT change-detection records: u32 µs, u32 with pixel and polarity, little endian (formats.md 6). */
export class DatDecoder implements EventDecoder {
  private lastTime = 0;
  /** Wraps of the 32-bit time in µs. */
  private wraps = 0;

  constructor(private readonly version: DatVersion) {}

  decode(cursor: DecodeCursor): void {
    const { bytes, target } = cursor;
    const { t, x, y, polarity } = target;
    const [columnBits, rowBits, polarityBits] = BITS[this.version];
    const [columnMask, rowMask, polarityMask] = [columnBits, rowBits, polarityBits].map(
      (bits) => 2 ** bits - 1,
    ) as [number, number, number];
    const halves = new Int32Array(bytes.buffer, bytes.byteOffset, (bytes.length >>> 3) << 1);
    let index = (cursor.position >>> 3) << 1;
    let { count } = cursor;
    for (; index < halves.length && count <= FULL_AT; index += 2) {
      const word = halves[index + 1]!;
      t[count] = this.time(halves[index]! >>> 0);
      x[count] = word & columnMask;
      y[count] = (word >>> columnBits) & rowMask;
      // Version 2 has four bits for it, any of which may be set.
      polarity[count] = ((word >>> (columnBits + rowBits)) & polarityMask) === 0 ? 0 : 1;
      count++;
    }
    cursor.position = (index >>> 1) * RECORD_BYTES;
    cursor.count = count;
  }

  /** µs with all wraps. */
  private time(time: number): number {
    if (this.lastTime - time > HALF_SPAN) {
      this.wraps += TIME_SPAN;
    }
    this.lastTime = time;
    return this.wraps + time;
  }

  snapshot(): readonly number[] {
    return [this.lastTime, this.wraps];
  }

  restore([lastTime = 0, wraps = 0]: readonly number[]): void {
    this.lastTime = lastTime;
    this.wraps = wraps;
  }
}

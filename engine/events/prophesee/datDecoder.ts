import { type DecodeCursor, type EventDecoder, FULL_AT } from '../words/eventDecoder';

const RECORD_BYTES = 8;
const TIME_SPAN = 2 ** 32;
const HALF_SPAN = 2 ** 31;

/** Version of the record layout. */
export type DatVersion = 1 | 2;

/** DAT change-detection records: u32 µs, u32 with pixel and polarity, little endian (formats.md 6). */
export class DatDecoder implements EventDecoder {
  private lastTime = 0;
  /** Wraps of the 32-bit time in µs. */
  private wraps = 0;

  constructor(private readonly version: DatVersion) {}

  decode(cursor: DecodeCursor): void {
    const { bytes, target } = cursor;
    const { t, x, y, polarity } = target;
    const { version } = this;
    const halves = new Int32Array(bytes.buffer, bytes.byteOffset, (bytes.length >>> 3) << 1);
    let { lastTime, wraps } = this;
    let index = (cursor.position >>> 3) << 1;
    let count = cursor.count;
    const end = Math.min(halves.length, index + (FULL_AT + 1 - count) * 2);
    for (; index < end; index += 2) {
      const time = halves[index]! >>> 0;
      const word = halves[index + 1]!;
      if (time < lastTime && lastTime - time > HALF_SPAN) {
        wraps += TIME_SPAN;
      }
      lastTime = time;
      t[count] = wraps + time;
      if (version === 2) {
        x[count] = word & 0x3fff;
        y[count] = (word >>> 14) & 0x3fff;
        polarity[count] = word >>> 28 === 0 ? 0 : 1;
      } else {
        x[count] = word & 0x1ff;
        y[count] = (word >>> 9) & 0xff;
        polarity[count] = (word >>> 17) & 1;
      }
      count++;
    }
    this.lastTime = lastTime;
    this.wraps = wraps;
    cursor.position = (index >>> 1) * RECORD_BYTES;
    cursor.count = count;
  }

  snapshot(): readonly number[] {
    return [this.lastTime, this.wraps];
  }

  restore([lastTime = 0, wraps = 0]: readonly number[]): void {
    this.lastTime = lastTime;
    this.wraps = wraps;
  }
}

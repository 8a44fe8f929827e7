import { type DecodeCursor, type EventDecoder, FULL_AT } from '../words/eventDecoder';
import { lanesOf } from '../words/lanes';

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
    const { bytes } = cursor;
    const halves = new Int32Array(bytes.buffer, bytes.byteOffset, (bytes.length >>> 3) << 1);
    const begin = (cursor.position >>> 3) << 1;
    const end = Math.min(halves.length, begin + (FULL_AT + 1 - cursor.count) * 2);
    if (this.version === 1) {
      this.version1(halves, begin, end, cursor);
    } else {
      // Four events at a time need a count that is a multiple of four.
      const first = Math.min(end, begin + (-cursor.count & 3) * 2);
      this.version2(halves, begin, first, cursor);
      const last = this.foursOfVersion2(halves, first, end, cursor);
      this.version2(halves, last, end, cursor);
    }
    cursor.position = (end >>> 1) * RECORD_BYTES;
  }

  private version1(halves: Int32Array, begin: number, end: number, cursor: DecodeCursor): void {
    const { t, x, y, polarity } = cursor.target;
    let { count } = cursor;
    for (let index = begin; index < end; index += 2) {
      const word = halves[index + 1]!;
      t[count] = this.time(halves[index]! >>> 0);
      x[count] = word & 0x1ff;
      y[count] = (word >>> 9) & 0xff;
      polarity[count] = (word >>> 17) & 1;
      count++;
    }
    cursor.count = count;
  }

  private version2(halves: Int32Array, begin: number, end: number, cursor: DecodeCursor): void {
    const { t, x, y, polarity } = cursor.target;
    let { count } = cursor;
    for (let index = begin; index < end; index += 2) {
      const word = halves[index + 1]!;
      t[count] = this.time(halves[index]! >>> 0);
      x[count] = word & 0x3fff;
      y[count] = (word >>> 14) & 0x3fff;
      polarity[count] = isOn(word);
      count++;
    }
    cursor.count = count;
  }

  /** @returns the index of the first record that is left. */
  private foursOfVersion2(halves: Int32Array, begin: number, end: number, cursor: DecodeCursor): number {
    const { t } = cursor.target;
    const { x, y, polarity } = lanesOf(cursor.target);
    const { wraps } = this;
    let last = this.lastTime | 0;
    let { count } = cursor;
    let index = begin;
    for (; index + 7 < end; index += 8) {
      const first = halves[index]!;
      const second = halves[index + 2]!;
      const third = halves[index + 4]!;
      const fourth = halves[index + 6]!;
      // A fall by more than half the span changes the upper bit.
      if (((last ^ first) | (last ^ second) | (last ^ third) | (last ^ fourth)) < 0) {
        break;
      }
      last = fourth;
      t[count] = wraps + (first >>> 0);
      t[count + 1] = wraps + (second >>> 0);
      t[count + 2] = wraps + (third >>> 0);
      t[count + 3] = wraps + (fourth >>> 0);
      const a = halves[index + 1]!;
      const b = halves[index + 3]!;
      const c = halves[index + 5]!;
      const d = halves[index + 7]!;
      const pair = count >>> 1;
      x[pair] = (a & 0x3fff) | ((b & 0x3fff) << 16);
      x[pair + 1] = (c & 0x3fff) | ((d & 0x3fff) << 16);
      y[pair] = ((a >>> 14) & 0x3fff) | ((b << 2) & 0x3fff0000);
      y[pair + 1] = ((c >>> 14) & 0x3fff) | ((d << 2) & 0x3fff0000);
      // Four bits of each, one byte apart: adding 15 carries into the fifth where any of them is set.
      const bits = (a >>> 28) | ((b >>> 20) & 0xf00) | ((c >>> 12) & 0xf0000) | ((d >>> 4) & 0xf000000);
      polarity[count >>> 2] = ((bits + 0x0f0f0f0f) >>> 4) & 0x01010101;
      count += 4;
    }
    this.lastTime = last >>> 0;
    cursor.count = count;
    return index;
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

/** 1 where any of the upper four bits is set. */
function isOn(word: number): number {
  const bits = word >>> 28;
  return (bits | -bits) >>> 31;
}

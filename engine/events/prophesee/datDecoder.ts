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
    const { bytes, count } = cursor;
    const halves = new Int32Array(bytes.buffer, bytes.byteOffset, (bytes.length >>> 3) << 1);
    const begin = (cursor.position >>> 3) << 1;
    const end = Math.min(halves.length, begin + (FULL_AT + 1 - count) * 2);
    this.times(halves, begin, end, cursor);
    if (this.version === 1) {
      pixelsOfVersion1(halves, begin, end, cursor);
    } else {
      pixelsOfVersion2(halves, begin, end, cursor);
    }
    cursor.count = count + ((end - begin) >>> 1);
    cursor.position = (end >>> 1) * RECORD_BYTES;
  }

  private times(halves: Int32Array, begin: number, end: number, { target, count }: DecodeCursor): void {
    const { t } = target;
    let { lastTime, wraps } = this;
    let event = count;
    for (let index = begin; index < end; index += 2) {
      const time = halves[index]! >>> 0;
      if (lastTime - time > HALF_SPAN) {
        wraps += TIME_SPAN;
      }
      lastTime = time;
      t[event++] = wraps + time;
    }
    this.lastTime = lastTime;
    this.wraps = wraps;
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

function pixelsOfVersion2(halves: Int32Array, begin: number, end: number, cursor: DecodeCursor): void {
  const { x, y, polarity } = cursor.target;
  let event = cursor.count;
  for (let index = begin + 1; index < end; index += 2) {
    if ((event & 3) === 0 && index + 6 < end) {
      const last = fourPixels(halves, index, end, event, cursor);
      event += (last - index) >>> 1;
      index = last;
    }
    const word = index < end ? halves[index]! : 0;
    x[event] = word & 0x3fff;
    y[event] = (word >>> 14) & 0x3fff;
    polarity[event] = isOn(word);
    event++;
  }
}

/** Stores four pixels at a time. @returns the index of the first word that is left. */
function fourPixels(
  halves: Int32Array,
  begin: number,
  end: number,
  first: number,
  cursor: DecodeCursor,
): number {
  const lanes = lanesOf(cursor.target);
  let event = first;
  let index = begin;
  for (; index + 6 < end; index += 8) {
    const a = halves[index]!;
    const b = halves[index + 2]!;
    const c = halves[index + 4]!;
    const d = halves[index + 6]!;
    const pair = event >>> 1;
    lanes.x[pair] = (a & 0x3fff) | ((b & 0x3fff) << 16);
    lanes.x[pair + 1] = (c & 0x3fff) | ((d & 0x3fff) << 16);
    lanes.y[pair] = ((a >>> 14) & 0x3fff) | ((b << 2) & 0x3fff0000);
    lanes.y[pair + 1] = ((c >>> 14) & 0x3fff) | ((d << 2) & 0x3fff0000);
    lanes.polarity[event >>> 2] = isOn(a) | (isOn(b) << 8) | (isOn(c) << 16) | (isOn(d) << 24);
    event += 4;
  }
  return index;
}

function pixelsOfVersion1(
  halves: Int32Array,
  begin: number,
  end: number,
  { target, count }: DecodeCursor,
): void {
  const { x, y, polarity } = target;
  let event = count;
  for (let index = begin + 1; index < end; index += 2) {
    const word = halves[index]!;
    x[event] = word & 0x1ff;
    y[event] = (word >>> 9) & 0xff;
    polarity[event] = (word >>> 17) & 1;
    event++;
  }
}

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
    const { bytes, count } = cursor;
    const halves = new Int32Array(bytes.buffer, bytes.byteOffset, (bytes.length >>> 3) << 1);
    const begin = (cursor.position >>> 3) << 1;
    const end = Math.min(halves.length, begin + (FULL_AT + 1 - count) * 2);
    this.times(halves, begin, end, cursor);
    if (this.version === 2) {
      pixelsOfVersion2(halves, begin, end, cursor);
    } else {
      pixelsOfVersion1(halves, begin, end, cursor);
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

function pixelsOfVersion2(
  halves: Int32Array,
  begin: number,
  end: number,
  { target, count }: DecodeCursor,
): void {
  const { x, y, polarity } = target;
  let event = count;
  for (let index = begin + 1; index < end; index += 2) {
    const word = halves[index]!;
    x[event] = word & 0x3fff;
    y[event] = (word >>> 14) & 0x3fff;
    // Any bit of the upper four means ON.
    const bits = word >>> 28;
    polarity[event] = (bits | -bits) >>> 31;
    event++;
  }
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

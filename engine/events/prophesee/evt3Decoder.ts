import type { WarningLog } from '../warningLog';
import { type DecodeCursor, type EventDecoder, FULL_AT, type SampleSink } from '../words/eventDecoder';

/** Types of the words that are neither row (0) nor pixel (2). */
const WORD = {
  vectorBase: 0x3,
  vector12: 0x4,
  vector8: 0x5,
  timeLow: 0x6,
  timeHigh: 0x8,
  trigger: 0xa,
} as const;
/** Words with none of these bits are a row (type 0) or a pixel (type 2). */
const NEITHER_ROW_NOR_COLUMN = 0xd000;
const LAST_PIXEL = 0x7ff;
/** TIME_HIGH has 12 bits; a fall by half its range is a wrap (formats.md 5.3). */
const HALF_RANGE = 2048;
const TIME_SPAN = 2 ** 24;

/** EVT 3.0: 16-bit little-endian words that set registers or make events (formats.md 5.3). */
export class Evt3Decoder implements EventDecoder {
  private row = 0;
  /** Column of the next vector. */
  private vectorColumn = 0;
  private vectorPolarity = 0;
  /** The last TIME_HIGH; -1 before the first one, when nothing can be timed. */
  private high = -1;
  /** Wraps of TIME_HIGH in µs. */
  private wraps = 0;
  /** µs of the current event time; -1 before the first TIME_HIGH. */
  private time = -1;

  constructor(
    private readonly warnings: WarningLog,
    private readonly sink?: SampleSink,
  ) {}

  decode(cursor: DecodeCursor): void {
    const { bytes } = cursor;
    const words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 1);
    const end = words.length;
    let index = cursor.position >>> 1;
    while (index < end && cursor.count <= FULL_AT) {
      index = this.pixels(words, index, end, cursor);
      if (index < end && cursor.count <= FULL_AT) {
        this.otherWord(words[index]!, cursor, index * 2);
        index++;
      }
    }
    cursor.position = index * 2;
  }

  /** Decodes rows and single pixels up to the next word of another kind. @returns its index. */
  private pixels(words: Uint16Array, begin: number, end: number, cursor: DecodeCursor): number {
    const { t, x, y, polarity } = cursor.target;
    const { time } = this;
    const timed = time < 0 ? 0 : 1;
    let { row } = this;
    let { count } = cursor;
    let index = begin;
    for (; index < end && count <= FULL_AT; index++) {
      const word = words[index]!;
      if ((word & NEITHER_ROW_NOR_COLUMN) !== 0) {
        break;
      }
      // A row and a pixel follow each other in no order that a processor could foresee: both are done without a branch.
      const isPixel = word >>> 13;
      const keepsRow = -isPixel;
      row = (row & keepsRow) | (word & LAST_PIXEL & ~keepsRow);
      t[count] = time;
      x[count] = word & LAST_PIXEL;
      y[count] = row;
      polarity[count] = (word >>> 11) & 1;
      count += isPixel & timed;
    }
    this.row = row;
    cursor.count = count;
    return index;
  }

  private otherWord(word: number, cursor: DecodeCursor, place: number): void {
    switch (word >>> 12) {
      case WORD.vectorBase:
        this.vectorColumn = word & LAST_PIXEL;
        this.vectorPolarity = (word >>> 11) & 1;
        break;
      case WORD.vector12:
        this.vector(cursor, word & 0xfff, 12);
        break;
      case WORD.vector8:
        this.vector(cursor, word & 0xff, 8);
        break;
      case WORD.timeLow:
        this.time = this.high < 0 ? -1 : this.wraps + this.high * 4096 + (word & 0xfff);
        break;
      case WORD.timeHigh:
        this.timeHigh(word & 0xfff, cursor.fileOffset + place);
        break;
      case WORD.trigger:
        this.trigger(word);
        break;
    }
  }

  /** A mask of pixels from the vector's column on, which moves behind them. */
  private vector(cursor: DecodeCursor, mask: number, width: number): void {
    const { t, x, y, polarity } = cursor.target;
    const { time, row, vectorColumn, vectorPolarity } = this;
    let { count } = cursor;
    for (let left = time < 0 || vectorColumn > LAST_PIXEL ? 0 : mask; left !== 0; left &= left - 1) {
      t[count] = time;
      x[count] = vectorColumn + 31 - Math.clz32(left & -left);
      y[count] = row;
      polarity[count] = vectorPolarity;
      count++;
    }
    cursor.count = count;
    this.vectorColumn = vectorColumn + width;
  }

  private trigger(word: number): void {
    if (this.sink && this.time >= 0) {
      const level = (word & 1) as 0 | 1;
      this.sink.add({ kind: 'trigger', t: this.time, label: `channel ${(word >>> 8) & 0xf}`, level });
    }
  }

  /** A repeated high part changes nothing; a new one sets the low part to 0 until that comes. */
  private timeHigh(high: number, place: number): void {
    if (high === this.high) {
      return;
    }
    if (high <= this.high - HALF_RANGE) {
      this.wraps += TIME_SPAN;
    } else if (high < this.high) {
      this.warnings.add('the time base (TIME_HIGH) steps back', place);
    }
    this.high = high;
    this.time = this.wraps + high * 4096;
  }

  snapshot(): readonly number[] {
    return [this.row, this.vectorColumn, this.vectorPolarity, this.high, this.wraps, this.time];
  }

  restore(snapshot: readonly number[]): void {
    const [row = 0, vectorColumn = 0, vectorPolarity = 0, high = -1, wraps = 0, time = -1] = snapshot;
    Object.assign(this, { row, vectorColumn, vectorPolarity, high, wraps, time });
  }
}

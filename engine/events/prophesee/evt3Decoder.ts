import type { WarningLog } from '../warningLog';
import { type DecodeCursor, type EventDecoder, FULL_AT, type SampleSink } from '../words/eventDecoder';

const WORD = {
  row: 0x0,
  column: 0x2,
  vectorBase: 0x3,
  vector12: 0x4,
  vector8: 0x5,
  timeLow: 0x6,
  timeHigh: 0x8,
  trigger: 0xa,
} as const;
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

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one flat loop, since a call per word halves the speed.
  decode(cursor: DecodeCursor): void {
    const { bytes, target } = cursor;
    const { t, x, y, polarity } = target;
    const words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 1);
    const end = words.length;
    let index = cursor.position >>> 1;
    let count = cursor.count;
    let { row, time, vectorColumn, vectorPolarity } = this;
    while (index < end && count <= FULL_AT) {
      const word = words[index++]!;
      const type = word >>> 12;
      if (type === WORD.column) {
        t[count] = time;
        x[count] = word & LAST_PIXEL;
        y[count] = row;
        polarity[count] = (word >>> 11) & 1;
        count += time < 0 ? 0 : 1;
      } else if (type === WORD.row) {
        row = word & LAST_PIXEL;
      } else if (type === WORD.vector12 || type === WORD.vector8) {
        const width = type === WORD.vector12 ? 12 : 8;
        let mask = time < 0 || vectorColumn > LAST_PIXEL ? 0 : word & ((1 << width) - 1);
        for (; mask !== 0; mask &= mask - 1) {
          t[count] = time;
          x[count] = vectorColumn + 31 - Math.clz32(mask & -mask);
          y[count] = row;
          polarity[count] = vectorPolarity;
          count++;
        }
        vectorColumn += width;
      } else if (type === WORD.vectorBase) {
        vectorColumn = word & LAST_PIXEL;
        vectorPolarity = (word >>> 11) & 1;
      } else if (type === WORD.timeLow) {
        time = this.high < 0 ? -1 : this.wraps + this.high * 4096 + (word & 0xfff);
      } else if (type === WORD.timeHigh) {
        time = this.timeHigh(word & 0xfff, time, cursor.fileOffset + (index - 1) * 2);
      } else if (type === WORD.trigger && time >= 0) {
        this.trigger(word, time);
      }
    }
    this.row = row;
    this.time = time;
    this.vectorColumn = vectorColumn;
    this.vectorPolarity = vectorPolarity;
    cursor.position = index * 2;
    cursor.count = count;
  }

  private trigger(word: number, t: number): void {
    this.sink?.add({
      kind: 'trigger',
      t,
      label: `channel ${(word >>> 8) & 0xf}`,
      level: (word & 1) as 0 | 1,
    });
  }

  /** @returns the new event time: the same where the high part only repeats. */
  private timeHigh(high: number, time: number, place: number): number {
    if (high === this.high) {
      return time;
    }
    if (high <= this.high - HALF_RANGE) {
      this.wraps += TIME_SPAN;
    } else if (high < this.high) {
      this.warnings.add('the time base (TIME_HIGH) steps back', place);
    }
    this.high = high;
    return this.wraps + high * 4096;
  }

  snapshot(): readonly number[] {
    return [this.row, this.vectorColumn, this.vectorPolarity, this.high, this.wraps, this.time];
  }

  restore(snapshot: readonly number[]): void {
    const [row = 0, vectorColumn = 0, vectorPolarity = 0, high = -1, wraps = 0, time = -1] = snapshot;
    Object.assign(this, { row, vectorColumn, vectorPolarity, high, wraps, time });
  }
}

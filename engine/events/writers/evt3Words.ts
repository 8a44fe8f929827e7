import type { EventBatch } from '../eventBatch';

/** Word types of EVT 3.0 in bits 15:12 (formats.md 5.3). */
const ADDR_Y = 0x0000;
const ADDR_X = 0x2000;
const VECT_BASE_X = 0x3000;
const VECT_12 = 0x4000;
const VECT_8 = 0x5000;
const TIME_LOW = 0x6000;
const TIME_HIGH = 0x8000;

const TIME_LOW_RANGE = 4096;
/** Steps of the high time that every reader follows: a wrap is known by a fall of half the range (2048) or more. */
const LARGEST_HIGH_STEP = 1024;
/** A vector is written as VECT_12, VECT_12, VECT_8, as sensors do: some readers take no other. */
const VECTOR_PIXELS = 32;
const VECTOR_WORDS = 3;
/** An event needs at most its time, row and column. */
const MOST_WORDS_PER_EVENT = 4;

/** Turns events in time order into EVT 3.0 words; time, row and vector base carry on from batch to batch. */
export class Evt3Words {
  private words = new Uint16Array(0);
  private length = 0;
  private eventsLeft = 0;
  private high = 0;
  private time = -1;
  private row = -1;
  private vectorBase = -1;
  private vectorPolarity = -1;

  /** @param events in time order, also against those before; x and y below 2048. @returns valid until the next call. */
  encode(events: EventBatch): Uint16Array {
    this.length = 0;
    this.eventsLeft = events.t.length;
    this.reserve(0);
    for (let index = 0; index < events.t.length; ) {
      this.eventsLeft = events.t.length - index;
      this.goToTime(events.t[index]!);
      this.goToRow(events.y[index]!);
      index += this.putRun(events, index);
    }
    return this.words.subarray(0, this.length);
  }

  /** Makes room for all events that are left and `more` words. */
  private reserve(more: number): void {
    const needed = this.length + this.eventsLeft * MOST_WORDS_PER_EVENT + more;
    if (needed > this.words.length) {
      const larger = new Uint16Array(2 * needed);
      larger.set(this.words.subarray(0, this.length));
      this.words = larger;
    }
  }

  private goToTime(time: number): void {
    if (time === this.time) {
      return;
    }
    const high = Math.floor(time / TIME_LOW_RANGE);
    if (high !== this.high || this.time < 0) {
      this.climbTo(high);
    }
    this.words[this.length++] = TIME_LOW | (time % TIME_LOW_RANGE);
    this.time = time;
  }

  /** Writes the high time, over as many steps as it takes for every wrap of its 12 bits to be seen. */
  private climbTo(high: number): void {
    this.reserve(Math.ceil((high - this.high) / LARGEST_HIGH_STEP) + 1);
    if (this.time < 0 && high >= TIME_LOW_RANGE) {
      this.words[this.length++] = TIME_HIGH;
    }
    const isFirst = this.time < 0 && high < TIME_LOW_RANGE;
    while (!isFirst && high - this.high > LARGEST_HIGH_STEP) {
      this.high += LARGEST_HIGH_STEP;
      this.words[this.length++] = TIME_HIGH | (this.high % TIME_LOW_RANGE);
    }
    this.high = high;
    this.words[this.length++] = TIME_HIGH | (high % TIME_LOW_RANGE);
  }

  private goToRow(row: number): void {
    if (row !== this.row) {
      this.row = row;
      this.words[this.length++] = ADDR_Y | row;
    }
  }

  /** Writes the events from `index` on that fit one vector, as a vector where that is shorter. @returns how many. */
  private putRun({ t, x, y, polarity }: EventBatch, index: number): number {
    const base = x[index]!;
    const sign = polarity[index]!;
    let count = 1;
    while (
      index + count < t.length &&
      x[index + count]! > x[index + count - 1]! &&
      x[index + count]! < base + VECTOR_PIXELS &&
      t[index + count] === this.time &&
      y[index + count] === this.row &&
      polarity[index + count] === sign
    ) {
      count++;
    }
    const hasBase = this.vectorBase === base && this.vectorPolarity === sign;
    if (count > VECTOR_WORDS + (hasBase ? 0 : 1)) {
      this.putVector(x, index, count, hasBase, sign);
    } else {
      for (let each = index; each < index + count; each++) {
        this.words[this.length++] = ADDR_X | (sign << 11) | x[each]!;
      }
      // Some readers let an ADDR_X move the vector base or change its polarity.
      this.vectorBase = -1;
    }
    return count;
  }

  private putVector(x: Uint16Array, index: number, count: number, hasBase: boolean, sign: number): void {
    const base = x[index]!;
    let mask = 0;
    for (let each = index; each < index + count; each++) {
      mask |= 1 << (x[each]! - base);
    }
    if (!hasBase) {
      this.words[this.length++] = VECT_BASE_X | (sign << 11) | base;
    }
    this.words[this.length++] = VECT_12 | (mask & 0xfff);
    this.words[this.length++] = VECT_12 | ((mask >>> 12) & 0xfff);
    this.words[this.length++] = VECT_8 | (mask >>> 24);
    this.vectorBase = base + VECTOR_PIXELS;
    this.vectorPolarity = sign;
  }
}

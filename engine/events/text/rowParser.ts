import type { ColumnRoles } from '../columns/columnRoles';
import { isPixel } from '../columns/pixelRange';
import { isPolarityValue } from '../columns/polarityValue';
import type { TimeUnit } from '../columns/timeUnit';
import { allocateEvents, type EventBatch, firstEvents } from '../eventBatch';
import { parseField } from './lines';

const LINE_FEED = 0x0a;
const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
/** Digits that a double holds exactly. */
const EXACT_DIGITS = 15;
/** Decimal places of a unit down to µs. */
const PLACES: Readonly<Record<TimeUnit, number>> = { s: 6, ms: 3, us: 0, ns: -3 };
const POWERS = Float64Array.from({ length: 32 }, (_, exponent) => 10 ** exponent);

const BLANK = 0;
const CONTENT = 1;
const LINE_END = 2;
/** What a byte is: between fields, in one, or the end of the line. */
const KIND = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isBlank = byte === 0x20 || byte === 0x09 || byte === 0x2c || byte === 0x3b || byte === 0x0d;
  const content = byte === LINE_FEED ? LINE_END : CONTENT;
  return isBlank ? BLANK : content;
});

/** Shortest row of four one-digit numbers, with separators and line end. */
const SHORTEST_ROW = 8;
/** No number is written longer. */
const MOST_FIELD_BYTES = 64;

/** Receives lines that are no row of events. */
export type BadLine = (offset: number) => void;

/**
 * Parses rows of numbers from bytes. Times are exact: digits, not binary fractions, become µs, rounded to the nearest
 * (whole nanoseconds are rounded down).
 */
export class RowParser {
  /** Numbers of the line in hand, by column. */
  readonly #fields: Float64Array;
  readonly #places: number;
  #events: EventBatch = allocateEvents(0);
  #count = 0;
  #hasOddPolarity = false;

  constructor(
    private readonly roles: ColumnRoles,
    private readonly columns: number,
    private readonly unit: TimeUnit,
    private readonly onBadLine: BadLine,
  ) {
    this.#fields = new Float64Array(columns + 1);
    this.#places = PLACES[unit];
  }

  /** Whether a polarity was neither 0 nor 1 nor -1 so far. */
  get hasOddPolarity(): boolean {
    return this.#hasOddPolarity;
  }

  /** The events of whole lines (the last one may lack its line feed); memory is used again by the next call. */
  parse(bytes: Uint8Array, base: number): EventBatch {
    const lines = endedLines(bytes);
    const most = Math.ceil(lines.length / SHORTEST_ROW) + 1;
    if (this.#events.t.length < most) {
      this.#events = allocateEvents(most);
    }
    this.#count = 0;
    for (let at = 0; at < lines.length; ) {
      at = this.#line(lines, at, base);
    }
    return firstEvents(this.#events, this.#count);
  }

  /** Reads the line at `start`; gives the place behind its line feed. */
  #line(bytes: Uint8Array, start: number, base: number): number {
    const { columns } = this;
    const timeColumn = this.roles.t;
    let column = 0;
    let at = skipBlanks(bytes, start);
    while (at >= 0 && bytes[at] !== LINE_FEED) {
      // What stands beyond the last column overwrites one spare place.
      at = this.#field(bytes, at, Math.min(column, columns), column === timeColumn);
      column++;
    }
    if (at >= 0 && column === columns) {
      this.#keep();
      return at + 1;
    }
    if (column > 0 && !isCommentByte(bytes, start)) {
      this.onBadLine(base + start);
    }
    return bytes.indexOf(LINE_FEED, start) + 1;
  }

  #keep(): void {
    const { t, x, y, polarity } = this.#events;
    const fields = this.#fields;
    const { roles } = this;
    const index = this.#count++;
    const column = fields[roles.x]!;
    const row = fields[roles.y]!;
    // Readers leave out what has no time.
    t[index] = isPixel(column) && isPixel(row) ? fields[roles.t]! : Number.NaN;
    x[index] = column + 0.5;
    y[index] = row + 0.5;
    const value = fields[roles.p]!;
    polarity[index] = value > 0 ? 1 : 0;
    this.#hasOddPolarity ||= !isPolarityValue(value);
  }

  /** Reads one field, as µs where it is a time; gives the place of the next one, or -1 where it is no number. */
  #field(bytes: Uint8Array, start: number, place: number, isTime: boolean): number {
    const isNegative = bytes[start] === MINUS;
    const first = isNegative ? start + 1 : start;
    let at = first;
    let whole = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[at]! - ZERO) {
      whole = whole * 10 + digit;
      at++;
    }
    const wholeDigits = at - first;
    let fraction = 0;
    let decimals = 0;
    if (bytes[at] === POINT) {
      const point = ++at;
      for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[at]! - ZERO) {
        fraction = fraction * 10 + digit;
        at++;
      }
      decimals = at - point;
    }
    if (KIND[bytes[at]!] === CONTENT || !isExact(wholeDigits, decimals)) {
      return this.#slowField(bytes, start, place, isTime);
    }
    const value = isTime
      ? this.#microseconds(whole, fraction, decimals)
      : whole + fraction / POWERS[decimals]!;
    this.#fields[place] = isNegative ? -value : value;
    return skipBlanks(bytes, at);
  }

  #microseconds(whole: number, fraction: number, decimals: number): number {
    const places = this.#places;
    if (places < 0) {
      return Math.floor(whole / 1000);
    }
    const shift = places - decimals;
    const part = shift >= 0 ? fraction * POWERS[shift]! : Math.round(fraction / POWERS[-shift]!);
    return whole * POWERS[places]! + part;
  }

  /** Exponents, quotation marks, true and false, and more digits than a double holds. */
  #slowField(bytes: Uint8Array, start: number, place: number, isTime: boolean): number {
    let end = start;
    while (KIND[bytes[end]!] === CONTENT) {
      end++;
    }
    const text = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + MOST_FIELD_BYTES)));
    const value = parseField(text);
    this.#fields[place] = isTime ? exactMicroseconds(text, value, this.unit) : value;
    return Number.isFinite(value) ? skipBlanks(bytes, end) : -1;
  }
}

/** The lines with a line feed at their end, so that no scan runs beyond them. */
function endedLines(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0 || bytes[bytes.length - 1] === LINE_FEED) {
    return bytes;
  }
  const ended = new Uint8Array(bytes.length + 1);
  ended.set(bytes);
  ended[bytes.length] = LINE_FEED;
  return ended;
}

function skipBlanks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (KIND[bytes[at]!] === BLANK) {
    at++;
  }
  return at;
}

/** Whether digits on both sides of the point stay exact in doubles. */
function isExact(wholeDigits: number, decimals: number): boolean {
  return wholeDigits <= EXACT_DIGITS && decimals <= EXACT_DIGITS && wholeDigits + decimals > 0;
}

function isCommentByte(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x23 || bytes[at] === 0x25 || (bytes[at] === 0x2f && bytes[at + 1] === 0x2f);
}

/** Times with more than 15 digits on a side, or with an exponent. */
function exactMicroseconds(text: string, value: number, unit: TimeUnit): number {
  const places = PLACES[unit];
  const [, whole, decimals = ''] = /^([+-]?\d+)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === undefined) {
    return Math.round(value * 10 ** places);
  }
  if (places < 0) {
    return Number(BigInt(whole) / 1000n);
  }
  const digits = decimals.padEnd(places + 1, '0');
  const part = Number(digits.slice(0, places) || 0) + (Number(digits[places]) >= 5 ? 1 : 0);
  const scaled = Number(BigInt(whole) * BigInt(10 ** places));
  return whole.startsWith('-') ? scaled - part : scaled + part;
}

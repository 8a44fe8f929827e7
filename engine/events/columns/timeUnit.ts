import type { Found, OpenOptions } from '../recording';
import { found } from '../recordingFacts';

export type TimeUnit = NonNullable<OpenOptions['timeUnit']>;

/** What is known of a column of times without its unit. */
export interface TimeSample {
  /** Some rows in file order. */
  readonly values: ArrayLike<number>;
  /** Rows of the whole recording. */
  readonly rows: number;
  /** Stored as floating-point numbers. */
  readonly isFloat: boolean;
}

/** Unix times in nanoseconds are above this, those in µs below (1e17 µs is the year 5138). */
const EPOCH_NANOSECONDS = 1e17;
/** Rows from which on a mean rate tells anything. */
const ENOUGH_ROWS = 1000;
/** No sensor sends more: beyond it integers are no µs but ms (tonic's DVS128 Gesture arrays). */
const HIGHEST_RATE = 1e9;
/** Few sensors send more for long: integers may be ms. */
const FAST_RATE = 1e7;
/** A moving scene sends more: below it integers above 1e9 are no µs but ns. */
const LOWEST_RATE = 150;

/**
 * The unit of times: what the user says, else by type and range: fractions are seconds, integers µs unless the mean
 * event rate rules that out (formats.md section 9).
 */
export function detectTimeUnit(sample: TimeSample, { timeUnit }: OpenOptions): Found<TimeUnit> {
  if (timeUnit) {
    return found(timeUnit, 'set by the user');
  }
  const { values, rows, isFloat } = sample;
  const { lowest, highest, hasFractions } = rangeOf(values);
  const rate = (microsecondsPerUnit: number) =>
    (rows * 1e6) / Math.max(1, (highest - lowest) * microsecondsPerUnit);
  if (isFloat && hasFractions) {
    return fractionUnit(rows, rate);
  }
  if (highest >= EPOCH_NANOSECONDS) {
    return found('ns', 'times are Unix times in nanoseconds');
  }
  if (rows >= ENOUGH_ROWS && rate(1) > HIGHEST_RATE) {
    return found('ms', 'whole times, too many events for microseconds');
  }
  if (rows >= ENOUGH_ROWS && highest > 1e9 && rate(1) < LOWEST_RATE) {
    return found('ns', 'whole times, too few events for microseconds');
  }
  return found('us', 'whole times');
}

/** Whether times in µs would make a recording faster than most sensors are. */
export function isFast({ values, rows }: TimeSample): boolean {
  const { lowest, highest } = rangeOf(values);
  return rows >= ENOUGH_ROWS && rows * 1e6 > FAST_RATE * Math.max(1, highest - lowest);
}

/** Times with fractions are seconds, unless that would be hardly an event per second. */
function fractionUnit(rows: number, rate: (microsecondsPerUnit: number) => number): Found<TimeUnit> {
  if (rows < ENOUGH_ROWS || rate(1e6) >= LOWEST_RATE) {
    return found('s', 'times have fractions');
  }
  return rate(1e3) >= LOWEST_RATE
    ? found('ms', 'times have fractions, too few events for seconds')
    : found('us', 'times have fractions, too few events for milliseconds');
}

function rangeOf(values: ArrayLike<number>) {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  let hasFractions = false;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
    hasFractions ||= !Number.isInteger(value) && Number.isFinite(value);
  }
  return { lowest, highest, hasFractions };
}

/**
 * Times in a unit as whole µs, in place: seconds and milliseconds are rounded to the nearest µs (binary fractions lie
 * just beside it), nanoseconds are rounded down.
 */
export function toMicroseconds(times: Float64Array, unit: TimeUnit, offset = 0): Float64Array {
  for (let index = 0; index < times.length; index++) {
    times[index] = microseconds(times[index]!, unit) + offset;
  }
  return times;
}

/** One time in a unit as whole µs; rounding as {@link toMicroseconds}. */
export function microseconds(time: number, unit: TimeUnit): number {
  switch (unit) {
    case 's':
      return Math.round(time * 1e6);
    case 'ms':
      return Math.round(time * 1e3);
    case 'ns':
      return Math.floor(time / 1e3);
    default:
      return Math.round(time);
  }
}

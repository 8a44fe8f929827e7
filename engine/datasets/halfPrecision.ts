import { roundHalfEven } from './roundHalfEven';

const LARGEST_HALF = 65504;
const LEAST_EXPONENT = -14;
const FRACTION_BITS = 10;

/** The nearest value of IEEE 754 binary16 (ties to even); infinite beyond its range. @param value finite. */
export function roundToHalf(value: number): number {
  const exponent = Math.max(LEAST_EXPONENT, Math.floor(Math.log2(Math.abs(value))));
  const step = 2 ** (exponent - FRACTION_BITS);
  const rounded = roundHalfEven(value / step) * step;
  return Math.abs(rounded) > LARGEST_HALF ? Math.sign(value) * Number.POSITIVE_INFINITY : rounded;
}

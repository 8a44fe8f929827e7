import type { ValueFormat } from './plotDefinitions';

/** A value as people read it; a dash where there is none. */
export function valueText(value: number | undefined, format: ValueFormat): string {
  if (value === undefined || !Number.isFinite(value)) {
    return value === undefined ? '–' : String(value);
  }
  const write: Record<ValueFormat, (number: number) => string> = {
    percent: (share) => `${(share * 100).toFixed(1)} %`,
    exponent: (number) => number.toExponential(1),
    number: (number) => (Math.abs(number) >= 100 ? number.toFixed(0) : number.toPrecision(3)),
  };
  return write[format](value);
}

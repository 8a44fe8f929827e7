/** How other numbers than 0 and 1 or -1 and +1 in a column of polarities are taken. */
export const ODD_POLARITIES =
  'some polarities are neither 0 and 1 nor -1 and +1: those above 0 were taken as ON, all others as OFF';

/** Whether a number is one that writers use for a polarity. */
export function isPolarityValue(value: number): boolean {
  return value === 0 || value === 1 || value === -1;
}

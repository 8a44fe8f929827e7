/** The largest of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … that is at most `value`; `value` above 0. */
export function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const lead = value / power + 1e-9;
  return Number((power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1)).toPrecision(1));
}

/** The nearest whole number; a half goes to the even neighbour, as Python's round and IEEE 754 do: 40.5 -> 40. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) {
    return floor % 2 === 0 ? floor : floor + 1;
  }
  return rest < 0.5 ? floor : floor + 1;
}

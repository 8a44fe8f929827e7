const PIXEL_VALUES = 65_536;

/** Whether a coordinate of any number type, rounded to the nearest whole number, is one that events can have: 0 to 65535. */
export function isPixel(coordinate: number): boolean {
  const rounded = coordinate + 0.5;
  return rounded >= 0 && rounded < PIXEL_VALUES;
}

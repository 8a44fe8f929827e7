/**
 * Exponential moving average, corrected for its start (the first values are not pulled to zero).
 * @param weight of the past in [0, 1); 0 returns the values as they are. NaN values stay NaN and do not count.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  if (weight <= 0) {
    return [...values];
  }
  let average = 0;
  let mass = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) {
      return value;
    }
    average = weight * average + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return average / mass;
  });
}

/** For each output position of an axis: the input positions it is the mean of, and their weights. */
export interface AxisTaps {
  /** First input position, per output position. */
  readonly first: Int32Array;
  /** Number of input positions, per output position. */
  readonly count: Int32Array;
  /** [output, stride]; those of one output position sum to 1, unused ones are 0. */
  readonly weights: Float64Array;
  readonly stride: number;
}

/** The triangle filter of bilinear interpolation. */
function triangle(distance: number): number {
  return Math.max(0, 1 - Math.abs(distance));
}

/**
 * Taps of the antialiased bilinear filter of Pillow and of tensor resizing with antialias (methods.md 3.3): a triangle
 * around the output pixel's centre, as wide as one output pixel where the axis shrinks, one input pixel where it grows.
 * @param input pixels of the axis, at least 1.
 * @param output pixels wanted, at least 1.
 */
export function triangleTaps(input: number, output: number): AxisTaps {
  const scale = input / output;
  const support = Math.max(1, scale);
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(output);
  const count = new Int32Array(output);
  const weights = new Float64Array(output * stride);
  for (let position = 0; position < output; position++) {
    const centre = (position + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const to = Math.min(input, Math.trunc(centre + support + 0.5));
    const row = weights.subarray(position * stride, position * stride + to - from);
    let sum = 0;
    for (let tap = 0; tap < row.length; tap++) {
      // The reference multiplies by the reciprocal: a division rounds differently.
      row[tap] = triangle((tap + from - centre + 0.5) * (1 / support));
      sum += row[tap]!;
    }
    for (let tap = 0; tap < row.length; tap++) {
      row[tap]! /= sum;
    }
    first[position] = from;
    count[position] = to - from;
  }
  return { first, count, weights, stride };
}

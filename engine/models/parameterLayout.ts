/**
 * How a parameter lies in memory, ours against PyTorch's:
 * - convolution: [kH, kW, in, out] against [out, in, kH, kW]
 * - linear: [in, out] against [out, in], where `in` is H, W, C flattened here and C, H, W there
 * - vector: the same in both
 */
export type ParameterLayout =
  | { readonly kind: 'convolution' }
  | { readonly kind: 'linear'; readonly height: number; readonly width: number; readonly channels: number }
  | { readonly kind: 'vector' };

/**
 * Both kinds of matrix are three axes reversed: [taps, in, out] or [pixels, channels, out] here is
 * [out, in, taps] or [out, channels, pixels] there.
 */
function axesOf(shape: readonly number[], layout: ParameterLayout): [number, number, number] {
  switch (layout.kind) {
    case 'convolution': {
      const [kernelHeight, kernelWidth, inputs, outputs] = shape as [number, number, number, number];
      return [kernelHeight * kernelWidth, inputs, outputs];
    }
    case 'linear':
      return [layout.height * layout.width, layout.channels, shape[1] as number];
    case 'vector':
      return [shape.reduce((size, length) => size * length, 1), 1, 1];
  }
}

/** The values of [a, b, c] reordered to [c, b, a]. */
function reverseAxes(values: Float32Array, [a, b, c]: readonly [number, number, number]): Float32Array {
  const reversed = new Float32Array(values.length);
  let position = 0;
  for (let k = 0; k < c; k++) {
    for (let j = 0; j < b; j++) {
      for (let i = 0; i < a; i++) {
        reversed[position++] = values[(i * b + j) * c + k] as number;
      }
    }
  }
  return reversed;
}

/** Shape in PyTorch's layout of a tensor with our `shape`. */
export function exportedShape(shape: readonly number[], layout: ParameterLayout): number[] {
  if (layout.kind === 'convolution') {
    const [kernelHeight, kernelWidth, inputs, outputs] = shape as [number, number, number, number];
    return [outputs, inputs, kernelHeight, kernelWidth];
  }
  return layout.kind === 'linear' ? [...shape].reverse() : [...shape];
}

/** Values reordered from our layout to PyTorch's; a fresh array. @param shape our shape. */
export function toAuthorsLayout(
  values: Float32Array,
  shape: readonly number[],
  layout: ParameterLayout,
): Float32Array {
  return reverseAxes(values, axesOf(shape, layout));
}

/** Values reordered from PyTorch's layout to ours; a fresh array. @param shape our shape. */
export function toOurLayout(
  values: Float32Array,
  shape: readonly number[],
  layout: ParameterLayout,
): Float32Array {
  const [a, b, c] = axesOf(shape, layout);
  return reverseAxes(values, [c, b, a]);
}

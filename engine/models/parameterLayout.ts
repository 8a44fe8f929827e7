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

/** For each value in PyTorch's order, its index in ours. */
function* indicesInAuthorsOrder(shape: readonly number[], layout: ParameterLayout): Generator<number> {
  if (layout.kind === 'convolution') {
    const [kernelHeight, kernelWidth, inputs, outputs] = shape as [number, number, number, number];
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) {
        for (let tap = 0; tap < kernelHeight * kernelWidth; tap++) {
          yield (tap * inputs + i) * outputs + o;
        }
      }
    }
  } else if (layout.kind === 'linear') {
    const outputs = shape[1] as number;
    for (let o = 0; o < outputs; o++) {
      for (let c = 0; c < layout.channels; c++) {
        for (let pixel = 0; pixel < layout.height * layout.width; pixel++) {
          yield (pixel * layout.channels + c) * outputs + o;
        }
      }
    }
  }
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
  if (layout.kind === 'vector') {
    return Float32Array.from(values);
  }
  const reordered = new Float32Array(values.length);
  let position = 0;
  for (const index of indicesInAuthorsOrder(shape, layout)) {
    reordered[position++] = values[index] as number;
  }
  return reordered;
}

/** Values reordered from PyTorch's layout to ours; a fresh array. @param shape our shape. */
export function toOurLayout(
  values: Float32Array,
  shape: readonly number[],
  layout: ParameterLayout,
): Float32Array {
  if (layout.kind === 'vector') {
    return Float32Array.from(values);
  }
  const reordered = new Float32Array(values.length);
  let position = 0;
  for (const index of indicesInAuthorsOrder(shape, layout)) {
    reordered[index] = values[position++] as number;
  }
  return reordered;
}

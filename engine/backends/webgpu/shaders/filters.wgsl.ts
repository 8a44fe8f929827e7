import type { ConvolutionShape } from './convolutionShape';

const THREADS = 256;

/** Workgroups for one invocation per item. */
export function itemGroups(items: number): [number, number, number] {
  const groups = Math.ceil(items / THREADS);
  return [Math.min(groups, 32768), Math.ceil(groups / 32768), 1];
}

/** WGSL of the invocation's item `i`; those beyond the last end here. */
export const itemIndex = (items: number) => `let i = (id.y * 32768u + id.x) * ${THREADS}u + lane;
  if (i >= ${items}u) { return; }`;

/** WGSL of the head of a shader with one invocation per item. */
export const ENTRY = `@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {`;

/**
 * A filter as halves: as it is, or for the input gradient, with taps in reverse order and channels swapped,
 * [tap, output channel, input channel]. Bindings: 0 halves, 1 filter f32.
 */
export function packFilterShader(shape: ConvolutionShape, reversed: boolean): string {
  const { kernelHeight, kernelWidth, inputChannels, outputChannels } = shape;
  const taps = kernelHeight * kernelWidth;
  const pairs = (taps * inputChannels * outputChannels) / 2;
  const at = reversed
    ? `let value = 2u * i;
  let input = value % ${inputChannels}u;
  let output = value / ${inputChannels}u % ${outputChannels}u;
  let tap = ${taps - 1}u - value / ${inputChannels * outputChannels}u;
  let place = (tap * ${inputChannels}u + input) * ${outputChannels}u + output;
  halves[i] = pack2x16float(vec2<f32>(weights[place], weights[place + ${outputChannels}u]));`
    : 'halves[i] = pack2x16float(vec2<f32>(weights[2u * i], weights[2u * i + 1u]));';
  return `@group(0) @binding(0) var<storage, read_write> halves: array<u32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
${ENTRY}
  ${itemIndex(pairs)}
  ${at}
}
`;
}

/** The sum over pieces of [pieces, stride] of the first \`items\` values. Bindings: 0 output, 1 pieces. */
export function sumPiecesShader(items: number, stride: number, pieces: number): string {
  return `@group(0) @binding(0) var<storage, read_write> output: array<f32>;
@group(0) @binding(1) var<storage, read> pieces: array<f32>;
${ENTRY}
  ${itemIndex(items)}
  var sum = 0.0;
  for (var first = 0u; first < ${pieces}u; first += 16u) {
    var part = 0.0;
    for (var piece = first; piece < min(first + 16u, ${pieces}u); piece++) { part += pieces[piece * ${stride}u + i]; }
    sum += part;
  }
  output[i] = sum;
}
`;
}

/** Whole numbers as f32. Bindings: 0 output, 1 input i32. */
export function toFloatShader(items: number): string {
  return `@group(0) @binding(0) var<storage, read_write> output: array<f32>;
@group(0) @binding(1) var<storage, read> input: array<i32>;
${ENTRY}
  ${itemIndex(items)}
  output[i] = f32(input[i]);
}
`;
}

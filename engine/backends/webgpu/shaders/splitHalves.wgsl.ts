import type { ConvolutionShape } from './convolutionShape';
import { ENTRY, itemIndex } from './filters.wgsl';

/**
 * f32 values as sums of two halves, for products of full precision on f16 matrices (Ootomo and Yokota 2022, "Recovering
 * single precision accuracy from Tensor Cores", section 3): with s the power of two that brings the tensor's largest
 * magnitude into [2^13, 2^14), high = half(s x) and low = half(s x - high) hold s x to 2^-22 of itself, or to 2^-38 of
 * the largest where that is more. Split values lie in planes: [pixel, plane (high, low), channel].
 */

/** Workgroups that look for the largest magnitude, and what each of them writes. */
export const MAGNITUDE_GROUPS = 1024;
const THREADS = 256;

/** The largest of a workgroup's `largest` in `shared[0]`. */
const LARGEST_OF_GROUP = `shared_[lane] = largest;
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { shared_[lane] = max(shared_[lane], shared_[lane + half]); }
    workgroupBarrier();
  }`;

/**
 * Bit patterns of largest magnitudes, which are in the order of the magnitudes; not-a-number is the largest.
 * Bindings: 0 output [MAGNITUDE_GROUPS], 1 input f32. `values` is a multiple of 4. Workgroups: MAGNITUDE_GROUPS.
 */
export function largestMagnitudesShader(values: number): string {
  return `@group(0) @binding(0) var<storage, read_write> output: array<u32>;
@group(0) @binding(1) var<storage, read> input: array<vec4<u32>>;
var<workgroup> shared_: array<u32, ${THREADS}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var largest = 0u;
  for (var i = group.x * ${THREADS}u + lane; i < ${values / 4}u; i += ${MAGNITUDE_GROUPS * THREADS}u) {
    let bits = input[i] & vec4<u32>(0x7fffffffu);
    largest = max(largest, max(max(bits.x, bits.y), max(bits.z, bits.w)));
  }
  ${LARGEST_OF_GROUP}
  if (lane == 0u) { output[group.x] = shared_[0]; }
}
`;
}

/** The scale s of a tensor and 1 / s from `count` magnitudes. Bindings: 0 output f32 [2], 1 magnitudes. One workgroup. */
export function splitScaleShader(count: number): string {
  return `@group(0) @binding(0) var<storage, read_write> output: array<f32>;
@group(0) @binding(1) var<storage, read> magnitudes: array<u32>;
var<workgroup> shared_: array<u32, ${THREADS}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) lane: u32) {
  var largest = 0u;
  for (var i = lane; i < ${count}u; i += ${THREADS}u) { largest = max(largest, magnitudes[i]); }
  ${LARGEST_OF_GROUP}
  // Exponents with f32's bias of 127; both powers of two stay normal.
  let exponent = clamp(shared_[0] >> 23u, 14u, 254u);
  if (lane == 0u) { output[0] = bitcast<f32>((267u - exponent) << 23u); }
  if (lane == 1u) { output[1] = bitcast<f32>((exponent - 13u) << 23u); }
}
`;
}

/**
 * Two values as halves, `high` and `low` as of above. The high one is rounded by its bits: NVIDIA's compiler takes
 * unpack(pack(x)) for x, which would make every low half zero.
 */
const SPLIT_PAIR = `fn highOf(pair: vec2<f32>) -> vec2<f32> {
  return bitcast<vec2<f32>>((bitcast<vec2<u32>>(pair) + vec2<u32>(0x1000u)) & vec2<u32>(0xffffe000u));
}
fn highHalves(pair: vec2<f32>) -> u32 { return pack2x16float(highOf(pair)); }
fn lowHalves(pair: vec2<f32>) -> u32 { return pack2x16float(pair - highOf(pair)); }
`;

/** Splits activations or gradients. Bindings: 0 planes, 1 input f32, 2 scale. One item: eight channels. */
export function splitShader(values: number, channels: number): string {
  const vectors = channels / 8;
  const plane = (name: string) =>
    `vec4<u32>(${name}(first.xy), ${name}(first.zw), ${name}(second.xy), ${name}(second.zw))`;
  return `@group(0) @binding(0) var<storage, read_write> planes: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
${SPLIT_PAIR}
${ENTRY}
  ${itemIndex(values / 8)}
  let first = input[2u * i] * scale[0];
  let second = input[2u * i + 1u] * scale[0];
  let at = i / ${vectors}u * ${2 * vectors}u + i % ${vectors}u;
  planes[at] = ${plane('highHalves')};
  planes[at + ${vectors}u] = ${plane('lowHalves')};
}
`;
}

/**
 * A filter for a product of `terms` terms (patchConvolution.wgsl.ts): low halves in the first, high ones in the others.
 * Rows are [tap, term, input channel]; `reversed` as of packFilterShader.
 * Bindings: 0 halves, 1 filter f32, 2 its scale. One item: two columns.
 */
export function splitFilterShader(shape: ConvolutionShape, reversed: boolean, terms: number): string {
  const { kernelHeight, kernelWidth, inputChannels, outputChannels } = shape;
  const taps = kernelHeight * kernelWidth;
  const [rows, columns] = reversed ? [outputChannels, inputChannels] : [inputChannels, outputChannels];
  const tapValues = inputChannels * outputChannels;
  const place = reversed
    ? `(${taps - 1}u - tap) * ${tapValues}u + column * ${outputChannels}u + channel`
    : `tap * ${tapValues}u + channel * ${outputChannels}u + column`;
  return `@group(0) @binding(0) var<storage, read_write> halves: array<u32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
${SPLIT_PAIR}
${ENTRY}
  ${itemIndex((taps * terms * tapValues) / 2)}
  let column = 2u * i % ${columns}u;
  let row = 2u * i / ${columns}u;
  let tap = row / ${rows * terms}u;
  let isLow = row / ${rows}u % ${terms}u == 0u;
  let channel = row % ${rows}u;
  let place = ${place};
  let pair = vec2<f32>(weights[place], weights[place + ${reversed ? outputChannels : 1}u]) * scale[0];
  halves[i] = select(highHalves(pair), lowHalves(pair), isLow);
}
`;
}

/**
 * The filter gradient [taps, input channels, output channels] from pieces of products of planes,
 * [piece, tap, plane of the input, input channel, plane of the gradient, output channel]: their sum without the scales. Spikes are one plane.
 * Bindings: 0 output, 1 pieces, 2 scale of the gradient, and for a split input 3 its scale.
 */
export function sumSplitPiecesShader(shape: ConvolutionShape, inputPlanes: 1 | 2, pieces: number): string {
  const { kernelHeight, kernelWidth, inputChannels, outputChannels } = shape;
  const items = kernelHeight * kernelWidth * inputChannels * outputChannels;
  const row = 2 * outputChannels;
  const parts = Array.from({ length: inputPlanes }, (_, plane) => plane * inputChannels * row).flatMap(
    (first) => [`pieces[at + ${first}u]`, `pieces[at + ${first + outputChannels}u]`],
  );
  const isSplit = inputPlanes === 2;
  return `@group(0) @binding(0) var<storage, read_write> output: array<f32>;
@group(0) @binding(1) var<storage, read> pieces: array<f32>;
@group(0) @binding(2) var<storage, read> gradientScale: array<f32>;
${isSplit ? '@group(0) @binding(3) var<storage, read> inputScale: array<f32>;' : ''}
${ENTRY}
  ${itemIndex(items)}
  let outputChannel = i % ${outputChannels}u;
  let inputChannel = i / ${outputChannels}u % ${inputChannels}u;
  let tap = i / ${inputChannels * outputChannels}u;
  let first = (tap * ${inputPlanes * inputChannels}u + inputChannel) * ${row}u + outputChannel;
  var sum = 0.0;
  for (var firstPiece = 0u; firstPiece < ${pieces}u; firstPiece += 16u) {
    var part = 0.0;
    for (var piece = firstPiece; piece < min(firstPiece + 16u, ${pieces}u); piece++) {
      let at = piece * ${items * inputPlanes * 2}u + first;
      part += ${parts.join(' + ')};
    }
    sum += part;
  }
  output[i] = sum * gradientScale[1]${isSplit ? ' * inputScale[1]' : ''};
}
`;
}

import type { ConvolutionShape, ElementFormat } from './convolutionShape';
import { range } from './matrixTile.wgsl';
import { inputAt } from './tileProduct.wgsl';
import { packedHalves } from './values.wgsl';

/**
 * Convolutions with few products per output value, as of a first layer with two polarities, in f32: there is too little
 * to multiply for tiles in workgroup memory, so an invocation keeps eight output channels of some pixels (or of some
 * rows of the filter) in registers.
 */

const THREADS = 256;
const OCTET = 8;
/** Products per output value at most; larger filters fill the tiles of tileProduct.wgsl.ts. */
const MOST_PRODUCTS = 18;
/** Pixels of an invocation: each value of the filter is read once for all of them. */
const PIXELS = 4;

const productsOf = ({ kernelHeight, kernelWidth, inputChannels }: ConvolutionShape) =>
  kernelHeight * kernelWidth * inputChannels;
const octetsOf = ({ outputChannels }: ConvolutionShape) => outputChannels / OCTET;
const pixelsOf = (s: ConvolutionShape) => s.frames * s.outputHeight * s.outputWidth;

/** Whether the thin shaders take a convolution. */
export function isThin(shape: ConvolutionShape): boolean {
  const octets = octetsOf(shape);
  const isWhole = Number.isInteger(octets) && THREADS % octets === 0;
  return isWhole && productsOf(shape) <= MOST_PRODUCTS && octets * shape.kernelHeight <= THREADS;
}

/** Workgroups of {@link thinConvolutionShader}. */
export function thinGroups(shape: ConvolutionShape): [number, number, number] {
  const groups = Math.ceil(pixelsOf(shape) / PIXELS / (THREADS / octetsOf(shape)));
  return [Math.min(groups, 32768), Math.ceil(groups / 32768), 1];
}

const words = (low: string, high: string) =>
  [`${low}.xy`, `${low}.zw`, `${high}.xy`, `${high}.zw`]
    .map((pair) => packedHalves(pair, 'activation'))
    .join(', ');

/** Bindings: 0 y [frames, outputHeight, outputWidth, outputChannels], 1 x, 2 filter (f32). */
export function thinConvolutionShader(
  shape: ConvolutionShape,
  formats: { x: ElementFormat; y: 'f32' | 'f16' },
): string {
  const octets = octetsOf(shape);
  const atOnce = THREADS / octets;
  const filterVectors = productsOf(shape) * octets * 2;
  const each = (line: (index: number) => string) => range(PIXELS).map(line).join('\n');
  const write = (index: number) =>
    formats.y === 'f32'
      ? `output[place * 2u] = low${index}; output[place * 2u + 1u] = high${index};`
      : `output[place] = vec4<u32>(${words(`low${index}`, `high${index}`)});`;
  return `@group(0) @binding(0) var<storage, read_write> output: array<${formats.y === 'f32' ? 'vec4<f32>' : 'vec4<u32>'}>;
${inputAt(shape, formats.x, 1)}
@group(0) @binding(2) var<storage, read> weights: array<vec4<f32>>;
var<workgroup> filterTile: array<vec4<f32>, ${filterVectors}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  for (var i = lane; i < ${filterVectors}u; i += ${THREADS}u) { filterTile[i] = weights[i]; }
  workgroupBarrier();
  let octet = lane % ${octets}u;
  let first = (group.y * 32768u + group.x) * ${atOnce * PIXELS}u + lane / ${octets}u;
  ${each((index) => `var low${index} = vec4<f32>(); var high${index} = vec4<f32>();`)}
  for (var product = 0u; product < ${productsOf(shape)}u; product++) {
    let tap = product / ${shape.inputChannels}u;
    let channel = product % ${shape.inputChannels}u;
    let low = filterTile[(product * ${octets}u + octet) * 2u];
    let high = filterTile[(product * ${octets}u + octet) * 2u + 1u];
    ${each(
      (index) => `{
      let value = inputAt(min(first + ${index * atOnce}u, ${pixelsOf(shape) - 1}u), tap, channel);
      low${index} += value * low;
      high${index} += value * high;
    }`,
    )}
  }
  ${each(
    (index) => `if (first + ${index * atOnce}u < ${pixelsOf(shape)}u) {
    let place = (first + ${index * atOnce}u) * ${octets}u + octet;
    ${write(index)}
  }`,
  )}
}
`;
}

/**
 * An invocation has one row of the filter. Bindings: 0 output f32 [pieces, taps * inputChannels, outputChannels], 1 x,
 * 2 dy. Workgroups: the pieces.
 */
export function thinFilterGradientShader(
  shape: ConvolutionShape,
  formats: { x: ElementFormat; dy: 'f32' | 'f16' },
  pieces: number,
): string {
  const { kernelHeight, kernelWidth, inputChannels } = shape;
  const octets = octetsOf(shape);
  const perPixel = octets * kernelHeight;
  const atOnce = Math.floor(THREADS / perPixel);
  const perPiece = Math.ceil(pixelsOf(shape) / pieces);
  const products = range(kernelWidth * inputChannels);
  const half = (word: string) => `unpack2x16float(words.${word})`;
  const gradients =
    formats.dy === 'f32'
      ? 'let low = dy[place * 2u]; let high = dy[place * 2u + 1u];'
      : `let words = dy[place];
    let low = vec4<f32>(${half('x')}, ${half('y')});
    let high = vec4<f32>(${half('z')}, ${half('w')});`;
  const multiply = (product: number) => `{
      let value = inputAt(pixel, row * ${kernelWidth}u + ${Math.floor(product / inputChannels)}u, ${product % inputChannels}u);
      low${product} += value * low;
      high${product} += value * high;
    }`;
  const reduce = (product: number) => `parts[lane * 2u] = low${product};
  parts[lane * 2u + 1u] = high${product};
  workgroupBarrier();
  if (lane < ${perPixel * 2}u) {
    var sum = vec4<f32>();
    for (var i = 0u; i < ${atOnce}u; i++) { sum += parts[i * ${perPixel * 2}u + lane]; }
    let filterRow = lane / ${octets * 2}u * ${products.length}u + ${product}u;
    output[(group.x * ${productsOf(shape)}u + filterRow) * ${octets * 2}u + lane % ${octets * 2}u] = sum;
  }
  workgroupBarrier();`;
  return `@group(0) @binding(0) var<storage, read_write> output: array<vec4<f32>>;
${inputAt(shape, formats.x, 1)}
@group(0) @binding(2) var<storage, read> dy: array<${formats.dy === 'f32' ? 'vec4<f32>' : 'vec4<u32>'}>;
var<workgroup> parts: array<vec4<f32>, ${THREADS * 2}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let octet = lane % ${octets}u;
  let row = lane / ${octets}u % ${kernelHeight}u;
  let start = group.x * ${perPiece}u;
  let end = min(start + ${perPiece}u, ${pixelsOf(shape)}u);
  ${products.map((product) => `var low${product} = vec4<f32>(); var high${product} = vec4<f32>();`).join('\n')}
  // The last invocations may be no whole pixel: they add nothing and are not summed.
  let stop = select(start, end, lane < ${atOnce * perPixel}u);
  for (var pixel = start + lane / ${perPixel}u; pixel < stop; pixel += ${atOnce}u) {
    let place = pixel * ${octets}u + octet;
    ${gradients}
    ${products.map(multiply).join('\n')}
  }
  ${products.map(reduce).join('\n')}
}
`;
}

import type { ConvolutionShape, ElementFormat } from './convolutionShape';
import { range } from './matrixTile.wgsl';
import { packedHalves, readable, readablePairs } from './values.wgsl';

/**
 * Convolutions with few products per output value, as of a first layer with two polarities, in f32: there is too little
 * to multiply for tiles in workgroup memory, so an invocation keeps eight output channels of a pixel (or of the filter)
 * in registers.
 */

const THREADS = 256;
const OCTET = 8;
/** Products per output value: the filter gradient has eight sums for each of them in registers. */
const MOST_PRODUCTS = 18;

const productsOf = ({ kernelHeight, kernelWidth, inputChannels }: ConvolutionShape) =>
  kernelHeight * kernelWidth * inputChannels;
const octetsOf = ({ outputChannels }: ConvolutionShape) => outputChannels / OCTET;
const pixelsAtOnce = (shape: ConvolutionShape) => THREADS / octetsOf(shape);

/** Whether the thin shaders take a convolution. */
export function isThin(shape: ConvolutionShape): boolean {
  return productsOf(shape) <= MOST_PRODUCTS && THREADS % octetsOf(shape) === 0;
}

/** Workgroups that fill a large GPU several times over; each goes on with further pixels. */
const MOST_GROUPS = 4096;

/** Workgroups of {@link thinConvolutionShader}. */
export function thinGroups(shape: ConvolutionShape): number {
  const pixels = shape.frames * shape.outputHeight * shape.outputWidth;
  return Math.min(Math.ceil(pixels / pixelsAtOnce(shape)), MOST_GROUPS);
}

/** Declares x; channels are read in pairs where they are even. */
const declareInput = ({ inputChannels }: ConvolutionShape, format: ElementFormat) =>
  (inputChannels % 2 === 0 ? readablePairs : readable)(1, 'x', format);

/** `v0`, `v1`, …: the input values under the taps of output pixel `pixel`, tap by tap; 0 in the padding. */
function inputsOfPixel(shape: ConvolutionShape): string {
  const { outputHeight, outputWidth, height, width, stride, kernelWidth, inputChannels } = shape;
  const channelsPerRead = inputChannels % 2 === 0 ? 2 : 1;
  const reads = range(productsOf(shape) / channelsPerRead).map((read) => {
    const product = read * channelsPerRead;
    const tap = Math.floor(product / inputChannels);
    const [down, right] = [Math.floor(tap / kernelWidth), tap % kernelWidth];
    const place = `u32(base + ${(down * width + right) * inputChannels + (product % inputChannels)})`;
    const isInside = `y + ${down} >= 0 && y + ${down} < ${height} && x + ${right} >= 0 && x + ${right} < ${width}`;
    return channelsPerRead === 2
      ? `var pair${read} = vec2<f32>();
    if (${isInside}) { pair${read} = readX(${place}); }
    let v${product} = pair${read}.x;
    let v${product + 1} = pair${read}.y;`
      : `var v${product} = 0.0;
    if (${isInside}) { v${product} = readX(${place}); }`;
  });
  return `let y = i32(pixel / ${outputWidth}u % ${outputHeight}u * ${stride}u) - ${shape.paddingTop};
    let x = i32(pixel % ${outputWidth}u * ${stride}u) - ${shape.paddingLeft};
    let base = ((i32(pixel / ${outputHeight * outputWidth}u) * ${height} + y) * ${width} + x) * ${inputChannels};
    ${reads.join('\n')}`;
}

const pairOf = (vector: string, pair: 'xy' | 'zw') => packedHalves(`${vector}.${pair}`, 'activation');

/** Bindings: 0 y [frames, outputHeight, outputWidth, outputChannels], 1 x, 2 filter (f32). */
export function thinConvolutionShader(
  shape: ConvolutionShape,
  formats: { x: ElementFormat; y: 'f32' | 'f16' },
): string {
  const { frames, outputHeight, outputWidth, outputChannels } = shape;
  const products = range(productsOf(shape));
  const octets = octetsOf(shape);
  const write =
    formats.y === 'f32'
      ? 'output[place * 2u] = low; output[place * 2u + 1u] = high;'
      : `output[place] = vec4<u32>(${pairOf('low', 'xy')}, ${pairOf('low', 'zw')}, ${pairOf('high', 'xy')}, ${pairOf('high', 'zw')});`;
  return `@group(0) @binding(0) var<storage, read_write> output: array<${formats.y === 'f32' ? 'vec4<f32>' : 'vec4<u32>'}>;
${declareInput(shape, formats.x)}
@group(0) @binding(2) var<storage, read> weights: array<vec4<f32>>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let octet = lane % ${octets}u;
  ${products
    .map(
      (product) => `let low${product} = weights[${(product * outputChannels) / 4}u + octet * 2u];
  let high${product} = weights[${(product * outputChannels) / 4}u + octet * 2u + 1u];`,
    )
    .join('\n')}
  let first = group.x * ${pixelsAtOnce(shape)}u + lane / ${octets}u;
  for (var pixel = first; pixel < ${frames * outputHeight * outputWidth}u; pixel += ${thinGroups(shape) * pixelsAtOnce(shape)}u) {
    ${inputsOfPixel(shape)}
    var low = vec4<f32>();
    var high = vec4<f32>();
    ${products.map((product) => `low += v${product} * low${product}; high += v${product} * high${product};`).join('\n')}
    let place = pixel * ${octets}u + octet;
    ${write}
  }
}
`;
}

/** Bindings: 0 output f32 [pieces, taps * inputChannels, outputChannels], 1 x, 2 dy. Workgroups: the pieces. */
export function thinFilterGradientShader(
  shape: ConvolutionShape,
  formats: { x: ElementFormat; dy: 'f32' | 'f16' },
  pieces: number,
): string {
  const { frames, outputHeight, outputWidth, outputChannels } = shape;
  const pixels = frames * outputHeight * outputWidth;
  const perPiece = Math.ceil(pixels / pieces);
  const [octets, atOnce] = [octetsOf(shape), pixelsAtOnce(shape)];
  const products = range(productsOf(shape));
  const half = (word: string) => `unpack2x16float(words.${word})`;
  const gradients =
    formats.dy === 'f32'
      ? 'let low = dy[place * 2u]; let high = dy[place * 2u + 1u];'
      : `let words = dy[place];
    let low = vec4<f32>(${half('x')}, ${half('y')});
    let high = vec4<f32>(${half('z')}, ${half('w')});`;
  return `@group(0) @binding(0) var<storage, read_write> output: array<vec4<f32>>;
${declareInput(shape, formats.x)}
@group(0) @binding(2) var<storage, read> dy: array<${formats.dy === 'f32' ? 'vec4<f32>' : 'vec4<u32>'}>;
var<workgroup> parts: array<vec4<f32>, ${THREADS * 2}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let octet = lane % ${octets}u;
  let start = group.x * ${perPiece}u;
  let end = min(start + ${perPiece}u, ${pixels}u);
  ${products.map((product) => `var low${product} = vec4<f32>(); var high${product} = vec4<f32>();`).join('\n')}
  for (var pixel = start + lane / ${octets}u; pixel < end; pixel += ${atOnce}u) {
    let place = pixel * ${octets}u + octet;
    ${gradients}
    ${inputsOfPixel(shape)}
    ${products.map((product) => `low${product} += v${product} * low; high${product} += v${product} * high;`).join('\n')}
  }
  ${products
    .map(
      (product) => `parts[lane * 2u] = low${product};
  parts[lane * 2u + 1u] = high${product};
  workgroupBarrier();
  if (lane < ${octets * 2}u) {
    var sum = vec4<f32>();
    for (var i = 0u; i < ${atOnce}u; i++) { sum += parts[i * ${octets * 2}u + lane]; }
    output[(group.x * ${products.length}u + ${product}u) * ${outputChannels / 4}u + lane] = sum;
  }
  workgroupBarrier();`,
    )
    .join('\n')}
}
`;
}

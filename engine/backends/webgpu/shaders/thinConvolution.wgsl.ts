import type { ConvolutionShape, ElementFormat } from './convolutionShape';
import { packedHalves, readable, readablePairs } from './values.wgsl';
import { type FloatFormat, lines } from './vectors.wgsl';

/**
 * Convolutions with few products per output value, as of a first layer with two polarities, in f32: there is too little
 * to multiply for tiles in workgroup memory, so an invocation keeps eight output channels of a strip of neighbouring
 * pixels (or of a row of the filter) in registers, and reads the strip's input once.
 */

const THREADS = 256;
const OCTET = 8;
/** Products per output value at most; larger filters fill the tiles of tileProduct.wgsl.ts. */
const MOST_PRODUCTS = 18;
/** Pixels of a strip where the filter is read from workgroup memory, and where the gradient is summed. */
const forwardStrip = ({ stride }: ConvolutionShape) => (stride === 1 ? 8 : 4);
const GRADIENT_STRIP = 4;

const productsOf = ({ kernelHeight, kernelWidth, inputChannels }: ConvolutionShape) =>
  kernelHeight * kernelWidth * inputChannels;
const octetsOf = ({ outputChannels }: ConvolutionShape) => outputChannels / OCTET;

/** Strips of all frames: rows are cut into strips, the last of a row may be shorter. */
const stripsOf = ({ frames, outputHeight, outputWidth }: ConvolutionShape, pixels: number) =>
  frames * outputHeight * Math.ceil(outputWidth / pixels);

/** Whether the thin shaders take a convolution. */
export function isThin(shape: ConvolutionShape): boolean {
  const octets = octetsOf(shape);
  const isWhole = Number.isInteger(octets) && THREADS % octets === 0;
  return isWhole && productsOf(shape) <= MOST_PRODUCTS && octets * shape.kernelHeight <= THREADS;
}

/** Workgroups of {@link thinConvolutionShader}. */
export function thinGroups(shape: ConvolutionShape): [number, number, number] {
  const groups = Math.ceil(stripsOf(shape, forwardStrip(shape)) / (THREADS / octetsOf(shape)));
  return [Math.min(groups, 32768), Math.ceil(groups / 32768), 1];
}

/** Where `strip` lies: `firstX` and `outputY` in `frame`, `first` being the number of its first pixel. */
function stripPlace({ outputHeight, outputWidth }: ConvolutionShape, pixels: number): string {
  const perRow = Math.ceil(outputWidth / pixels);
  return `let firstX = strip % ${perRow}u * ${pixels}u;
    let outputY = strip / ${perRow}u % ${outputHeight}u;
    let frame = strip / ${perRow * outputHeight}u;
    let first = (frame * ${outputHeight}u + outputY) * ${outputWidth}u + firstX;`;
}

const isOfPairs = ({ inputChannels }: ConvolutionShape) => inputChannels % 2 === 0;

/** Declares x as {@link readInput} reads it: pairs of channels where it has them. */
const readableInput = (shape: ConvolutionShape, format: ElementFormat) =>
  (isOfPairs(shape) ? readablePairs : readable)(1, 'x', format);

/** Reads all channels of the input in a column of a strip, 0 in the padding. */
function readInput(shape: ConvolutionShape, column: number): string {
  const read = (type: string, channel: number) =>
    `select(${type}(), readX(at${column} + ${channel}u), isInside${column})`;
  return isOfPairs(shape)
    ? lines(
        shape.inputChannels / 2,
        (pair) => `let pair${column}_${pair} = ${read('vec2<f32>', 2 * pair)};
    let value${column}_${2 * pair} = pair${column}_${pair}.x;
    let value${column}_${2 * pair + 1} = pair${column}_${pair}.y;`,
      )
    : lines(shape.inputChannels, (channel) => `let value${column}_${channel} = ${read('f32', channel)};`);
}

/** The input under `filterRow` of the filter at all pixels of a strip, 0 in the padding: \`value<column>_<channel>\`. */
function stripInput(shape: ConvolutionShape, pixels: number, filterRow: string): string {
  const { height, width, inputChannels, kernelWidth, stride, paddingTop, paddingLeft } = shape;
  return `let y = i32(outputY * ${stride}u + ${filterRow}) - ${paddingTop};
    let isRow = y >= 0 && y < ${height};
    let rowAt = (frame * ${height}u + u32(clamp(y, 0, ${height - 1}))) * ${width}u;
    ${lines(
      (pixels - 1) * stride + kernelWidth,
      (column) => `let x${column} = i32(firstX * ${stride}u + ${column}u) - ${paddingLeft};
    let isInside${column} = isRow && x${column} >= 0 && x${column} < ${width};
    let at${column} = (rowAt + u32(clamp(x${column}, 0, ${width - 1}))) * ${inputChannels}u;
    ${readInput(shape, column)}`,
    )}`;
}

/** Whether a strip's pixel is one: rows may be no whole number of strips. */
const isInRow = ({ outputWidth }: ConvolutionShape, pixels: number, pixel: number) =>
  outputWidth % pixels === 0 ? 'true' : `firstX + ${pixel}u < ${outputWidth}u`;

/** The input of product `product` of a filter row at a pixel of the strip. */
const inputOf = ({ stride, inputChannels }: ConvolutionShape, pixel: number, product: number) =>
  `value${pixel * stride + Math.floor(product / inputChannels)}_${product % inputChannels}`;

const arrayOf = (format: FloatFormat) => (format === 'f32' ? 'array<vec4<f32>>' : 'array<vec4<u32>>');

function writePixel(shape: ConvolutionShape, format: FloatFormat, pixel: number): string {
  const [low, high] = [`low${pixel}`, `high${pixel}`];
  const words = [`${low}.xy`, `${low}.zw`, `${high}.xy`, `${high}.zw`];
  const write =
    format === 'f32'
      ? `output[place * 2u] = ${low}; output[place * 2u + 1u] = ${high};`
      : `output[place] = vec4<u32>(${words.map((pair) => packedHalves(pair, 'activation')).join(', ')});`;
  return `if (${isInRow(shape, forwardStrip(shape), pixel)}) {
    let place = (first + ${pixel}u) * ${octetsOf(shape)}u + octet;
    ${write}
  }`;
}

/** Bindings: 0 y [frames, outputHeight, outputWidth, outputChannels], 1 x, 2 filter (f32). */
export function thinConvolutionShader(
  shape: ConvolutionShape,
  formats: { x: ElementFormat; y: FloatFormat },
): string {
  const octets = octetsOf(shape);
  const pixels = forwardStrip(shape);
  const filterVectors = productsOf(shape) * octets * 2;
  const perRow = shape.kernelWidth * shape.inputChannels;
  const multiply = (product: number) => `{
      let at = ((filterRow * ${perRow}u + ${product}u) * ${octets}u + octet) * 2u;
      let low = filterTile[at];
      let high = filterTile[at + 1u];
      ${lines(pixels, (pixel) => {
        const value = inputOf(shape, pixel, product);
        return `low${pixel} += ${value} * low; high${pixel} += ${value} * high;`;
      })}
    }`;
  return `@group(0) @binding(0) var<storage, read_write> output: ${arrayOf(formats.y)};
${readableInput(shape, formats.x)}
@group(0) @binding(2) var<storage, read> weights: array<vec4<f32>>;
var<workgroup> filterTile: array<vec4<f32>, ${filterVectors}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  for (var i = lane; i < ${filterVectors}u; i += ${THREADS}u) { filterTile[i] = weights[i]; }
  workgroupBarrier();
  let octet = lane % ${octets}u;
  let strip = (group.y * 32768u + group.x) * ${THREADS / octets}u + lane / ${octets}u;
  if (strip >= ${stripsOf(shape, pixels)}u) { return; }
  ${stripPlace(shape, pixels)}
  ${lines(pixels, (pixel) => `var low${pixel} = vec4<f32>(); var high${pixel} = vec4<f32>();`)}
  for (var filterRow = 0u; filterRow < ${shape.kernelHeight}u; filterRow++) {
    ${stripInput(shape, pixels, 'filterRow')}
    ${lines(perRow, multiply)}
  }
  ${lines(pixels, (pixel) => writePixel(shape, formats.y, pixel))}
}
`;
}

/** Reads the gradient of a strip's pixel for an octet of channels; 0 behind the end of the row. */
function readGradient(shape: ConvolutionShape, format: FloatFormat, pixel: number): string {
  const read = (type: string, at: string) =>
    `select(${type}(), dy[select(0u, ${at}, ${isInRow(shape, GRADIENT_STRIP, pixel)})], ${isInRow(shape, GRADIENT_STRIP, pixel)})`;
  const at = `((first + ${pixel}u) * ${octetsOf(shape)}u + octet)`;
  return format === 'f32'
    ? `let low${pixel} = ${read('vec4<f32>', `${at} * 2u`)}; let high${pixel} = ${read('vec4<f32>', `${at} * 2u + 1u`)};`
    : `let words${pixel} = ${read('vec4<u32>', at)};`;
}

/** Adds a strip's pixel to the sums of a filter row: \`lowSum<product>\`, \`highSum<product>\`. */
function addPixel(shape: ConvolutionShape, format: FloatFormat, pixel: number): string {
  const half = (word: string) => `unpack2x16float(words${pixel}.${word})`;
  const unpacked = `let low${pixel} = vec4<f32>(${half('x')}, ${half('y')}); let high${pixel} = vec4<f32>(${half('z')}, ${half('w')});`;
  return `${format === 'f16' ? unpacked : ''}
    ${lines(shape.kernelWidth * shape.inputChannels, (product) => {
      const value = inputOf(shape, pixel, product);
      return `lowSum${product} += ${value} * low${pixel}; highSum${product} += ${value} * high${pixel};`;
    })}`;
}

/**
 * An invocation has one row of the filter. Bindings: 0 output f32 [pieces, taps * inputChannels, outputChannels], 1 x,
 * 2 dy. Workgroups: the pieces.
 */
export function thinFilterGradientShader(
  shape: ConvolutionShape,
  formats: { x: ElementFormat; dy: FloatFormat },
  pieces: number,
): string {
  const { kernelHeight, kernelWidth, inputChannels } = shape;
  const octets = octetsOf(shape);
  const perStrip = octets * kernelHeight;
  const atOnce = Math.floor(THREADS / perStrip);
  const perPiece = Math.ceil(stripsOf(shape, GRADIENT_STRIP) / pieces);
  const products = kernelWidth * inputChannels;
  const reduce = (product: number) => `parts[lane * 2u] = lowSum${product};
  parts[lane * 2u + 1u] = highSum${product};
  workgroupBarrier();
  if (lane < ${perStrip * 2}u) {
    var sum = vec4<f32>();
    for (var i = 0u; i < ${atOnce}u; i++) { sum += parts[i * ${perStrip * 2}u + lane]; }
    let filterRow = lane / ${octets * 2}u * ${products}u + ${product}u;
    output[(group.x * ${productsOf(shape)}u + filterRow) * ${octets * 2}u + lane % ${octets * 2}u] = sum;
  }
  workgroupBarrier();`;
  return `@group(0) @binding(0) var<storage, read_write> output: array<vec4<f32>>;
${readableInput(shape, formats.x)}
@group(0) @binding(2) var<storage, read> dy: ${arrayOf(formats.dy)};
var<workgroup> parts: array<vec4<f32>, ${THREADS * 2}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let octet = lane % ${octets}u;
  let row = lane / ${octets}u % ${kernelHeight}u;
  let start = group.x * ${perPiece}u;
  let end = min(start + ${perPiece}u, ${stripsOf(shape, GRADIENT_STRIP)}u);
  ${lines(products, (product) => `var lowSum${product} = vec4<f32>(); var highSum${product} = vec4<f32>();`)}
  // The last invocations may be no whole strip: they add nothing and are not summed.
  let stop = select(start, end, lane < ${atOnce * perStrip}u);
  for (var strip = start + lane / ${perStrip}u; strip < stop; strip += ${atOnce}u) {
    ${stripPlace(shape, GRADIENT_STRIP)}
    ${lines(GRADIENT_STRIP, (pixel) => readGradient(shape, formats.dy, pixel))}
    ${stripInput(shape, GRADIENT_STRIP, 'row')}
    ${lines(GRADIENT_STRIP, (pixel) => addPixel(shape, formats.dy, pixel))}
  }
  ${lines(products, reduce)}
}
`;
}

import type { ConvolutionShape, ElementFormat } from './convolutionShape';
import { type HalvesKind, packedHalves, readable } from './values.wgsl';

/**
 * Matrix products in f32, and convolutions as such, for GPUs without half matrices and for sizes that those do not
 * take. Every product is told by two WGSL functions: `left(row, inner)` and `right(inner, column)`, of batch `batch`.
 */
interface TileProduct {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Products of the same size; 1 where not given. */
  readonly batches?: number;
  /** The inner index is cut into pieces; results of pieces (of all batches) lie one after the other. */
  readonly pieces: number;
  readonly output: 'f32' | 'f16';
  readonly kind: HalvesKind;
  /** The index along which neighbours lie side by side in memory. */
  readonly leftAlong: 'row' | 'inner';
  readonly rightAlong: 'inner' | 'column';
  readonly functions: string;
}

const DEPTH = 16;
const THREADS = 256;
/** Rows or columns of a workgroup for which every invocation has one vector of four. */
const SIDE = 64;

/** Rows and columns of the result per workgroup: two sides read each value less often and fill the 16 KiB of any GPU. */
const tileSide = (length: number) => (length > SIDE ? 2 * SIDE : SIDE);

export function tileGroups(rows: number, columns: number, pieces = 1): [number, number, number] {
  const rowTiles = Math.ceil(rows / tileSide(rows));
  const columnTiles = Math.ceil(columns / tileSide(columns));
  // Rows may need more workgroups than one dimension takes: they are cut along x and y.
  return [Math.min(rowTiles, 32768), Math.ceil(rowTiles / 32768) * columnTiles, pieces];
}

/** Where a vector lies in row `k` of a tile: neighbours in a column are in different banks, without memory for gaps. */
const swizzled = (vector: string) => `(${vector}) ^ (k % 8u)`;

/** Brings DEPTH x `side` values of one function to workgroup memory, as vectors of four along `side`. */
function loader(name: 'left' | 'right', side: number, count: number, alongInner: boolean): string {
  const vectors = side / 4;
  const inner = alongInner ? `load % ${DEPTH}u` : `load / ${vectors}u`;
  const vector = alongInner ? `load / ${DEPTH}u` : `load % ${vectors}u`;
  const call = name === 'left' ? 'left(first + i, k0 + k)' : 'right(k0 + k, first + i)';
  const start = name === 'left' ? 'firstRow' : 'firstColumn';
  return `for (var load = lane; load < ${vectors * DEPTH}u; load += ${THREADS}u) {
      let k = ${inner};
      let first = ${start} + ${vector} * 4u;
      var values = vec4<f32>();
      for (var i = 0u; i < 4u; i++) {
        if (k0 + k < end && first + i < ${count}u) { values[i] = ${call}; }
      }
      ${name}Tile[k][${swizzled(vector)}] = values;
    }`;
}

function tileShader(product: TileProduct): string {
  const { rows, columns, inner, batches = 1, pieces, output, kind, functions } = product;
  const [tileRows, tileColumns] = [tileSide(rows), tileSide(columns)];
  const [rowVectors, columnVectors] = [tileRows / SIDE, tileColumns / SIDE];
  const rowBlocks = Math.ceil(Math.ceil(rows / tileRows) / 32768);
  const perPiece = Math.ceil(inner / pieces / DEPTH) * DEPTH;
  const sums = 4 * rowVectors * columnVectors;
  const write =
    output === 'f32'
      ? `for (var j = 0u; j < 4u; j++) { if (column + j < ${columns}u) { output[at + j] = sum[j]; } }`
      : `output[at / 2u] = ${packedHalves('sum.xy', kind)}; output[at / 2u + 1u] = ${packedHalves('sum.zw', kind)};`;
  return `@group(0) @binding(0) var<storage, read_write> output: array<${output === 'f32' ? 'f32' : 'u32'}>;
var<private> batch: u32;
${functions}
var<workgroup> leftTile: array<array<vec4<f32>, ${tileRows / 4}>, ${DEPTH}>;
var<workgroup> rightTile: array<array<vec4<f32>, ${tileColumns / 4}>, ${DEPTH}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let firstRow = (group.y % ${rowBlocks}u * 32768u + group.x) * ${tileRows}u;
  let firstColumn = group.y / ${rowBlocks}u * ${tileColumns}u;
  batch = group.z % ${batches}u;
  let start = group.z / ${batches}u * ${perPiece}u;
  let end = min(start + ${perPiece}u, ${inner}u);
  var sums: array<vec4<f32>, ${sums}>;
  var part: array<vec4<f32>, ${sums}>;
  for (var k0 = start; k0 < end; k0 += ${DEPTH}u) {
    ${loader('left', tileRows, rows, product.leftAlong === 'inner')}
    ${loader('right', tileColumns, columns, product.rightAlong === 'inner')}
    workgroupBarrier();
    // Sums of sums: the error grows with the rounds, not with the products.
    for (var i = 0u; i < ${sums}u; i++) { part[i] = vec4<f32>(); }
    for (var k = 0u; k < ${DEPTH}u; k++) {
      for (var r = 0u; r < ${rowVectors}u; r++) {
        let a = leftTile[k][${swizzled(`r * ${SIDE / 4}u + lane / 16u`)}];
        for (var c = 0u; c < ${columnVectors}u; c++) {
          let b = rightTile[k][${swizzled(`c * ${SIDE / 4}u + lane % 16u`)}];
          let first = (r * ${columnVectors}u + c) * 4u;
          part[first] += a.x * b;
          part[first + 1u] += a.y * b;
          part[first + 2u] += a.z * b;
          part[first + 3u] += a.w * b;
        }
      }
    }
    for (var i = 0u; i < ${sums}u; i++) { sums[i] += part[i]; }
    workgroupBarrier();
  }
  for (var i = 0u; i < ${sums}u; i++) {
    let sum = sums[i];
    let row = firstRow + i / ${4 * columnVectors}u * ${SIDE}u + lane / 16u * 4u + i % 4u;
    let column = firstColumn + i / 4u % ${columnVectors}u * ${SIDE}u + lane % 16u * 4u;
    if (row < ${rows}u && column < ${columns}u) {
      let at = (group.z * ${rows}u + row) * ${columns}u + column;
      ${write}
    }
  }
}
`;
}

/** \`inputAt(pixel, tap, channel)\`: the input under a tap of an output pixel, 0 in the padding. */
export function inputAt(shape: ConvolutionShape, format: ElementFormat, binding: number): string {
  const {
    outputHeight,
    outputWidth,
    height,
    width,
    stride,
    paddingTop,
    paddingLeft,
    kernelWidth,
    inputChannels,
  } = shape;
  return `${readable(binding, 'x', format)}
fn inputAt(pixel: u32, tap: u32, channel: u32) -> f32 {
  let frame = pixel / ${outputHeight * outputWidth}u;
  let y = i32(pixel / ${outputWidth}u % ${outputHeight}u * ${stride}u + tap / ${kernelWidth}u) - ${paddingTop};
  let x = i32(pixel % ${outputWidth}u * ${stride}u + tap % ${kernelWidth}u) - ${paddingLeft};
  if (y < 0 || x < 0 || y >= ${height} || x >= ${width}) { return 0.0; }
  return readX(((frame * ${height}u + u32(y)) * ${width}u + u32(x)) * ${inputChannels}u + channel);
}
`;
}

/** Bindings: 0 y [frames, outputHeight, outputWidth, outputChannels], 1 x, 2 filter (f32). */
export function tileConvolutionShader(
  shape: ConvolutionShape,
  formats: { x: ElementFormat; y: 'f32' | 'f16' },
): string {
  const { frames, outputHeight, outputWidth, kernelHeight, kernelWidth, inputChannels, outputChannels } =
    shape;
  return tileShader({
    kind: 'activation',
    rows: frames * outputHeight * outputWidth,
    columns: outputChannels,
    inner: kernelHeight * kernelWidth * inputChannels,
    pieces: 1,
    output: formats.y,
    ...{ leftAlong: 'inner', rightAlong: 'column' },
    functions: `${inputAt(shape, formats.x, 1)}
@group(0) @binding(2) var<storage, read> weights: array<f32>;
fn left(row: u32, inner: u32) -> f32 { return inputAt(row, inner / ${inputChannels}u, inner % ${inputChannels}u); }
fn right(inner: u32, column: u32) -> f32 { return weights[inner * ${outputChannels}u + column]; }
`,
  });
}

/** Bindings: 0 dx (input's shape), 1 dy, 2 filter (f32). */
export function tileInputGradientShader(
  shape: ConvolutionShape,
  formats: { dy: 'f32' | 'f16'; dx: 'f32' | 'f16' },
): string {
  const { frames, height, width, outputHeight, outputWidth, kernelHeight, kernelWidth, stride } = shape;
  const { inputChannels, outputChannels, paddingTop, paddingLeft } = shape;
  return tileShader({
    kind: 'gradient',
    rows: frames * height * width,
    columns: inputChannels,
    inner: kernelHeight * kernelWidth * outputChannels,
    pieces: 1,
    output: formats.dx,
    ...{ leftAlong: 'inner', rightAlong: 'inner' },
    functions: `${readable(1, 'dy', formats.dy)}
@group(0) @binding(2) var<storage, read> weights: array<f32>;
fn left(row: u32, inner: u32) -> f32 {
  let tap = inner / ${outputChannels}u;
  let y = i32(row / ${width}u % ${height}u) + ${paddingTop} - i32(tap / ${kernelWidth}u);
  let x = i32(row % ${width}u) + ${paddingLeft} - i32(tap % ${kernelWidth}u);
  if (y < 0 || x < 0 || y % ${stride} != 0 || x % ${stride} != 0) { return 0.0; }
  let outputY = u32(y) / ${stride}u;
  let outputX = u32(x) / ${stride}u;
  if (outputY >= ${outputHeight}u || outputX >= ${outputWidth}u) { return 0.0; }
  let frame = row / ${height * width}u;
  return readDy(((frame * ${outputHeight}u + outputY) * ${outputWidth}u + outputX) * ${outputChannels}u + inner % ${outputChannels}u);
}
fn right(inner: u32, column: u32) -> f32 {
  return weights[(inner / ${outputChannels}u * ${inputChannels}u + column) * ${outputChannels}u + inner % ${outputChannels}u];
}
`,
  });
}

/** Bindings: 0 output f32 [pieces, taps * inputChannels, outputChannels], 1 x, 2 dy. */
export function tileFilterGradientShader(
  shape: ConvolutionShape,
  formats: { x: ElementFormat; dy: 'f32' | 'f16' },
  pieces: number,
): string {
  const { frames, outputHeight, outputWidth, kernelHeight, kernelWidth, inputChannels, outputChannels } =
    shape;
  return tileShader({
    kind: 'gradient',
    rows: kernelHeight * kernelWidth * inputChannels,
    columns: outputChannels,
    inner: frames * outputHeight * outputWidth,
    pieces,
    output: 'f32',
    ...{ leftAlong: 'row', rightAlong: 'column' },
    functions: `${inputAt(shape, formats.x, 1)}
${readable(2, 'dy', formats.dy)}
fn left(row: u32, inner: u32) -> f32 { return inputAt(inner, row / ${inputChannels}u, row % ${inputChannels}u); }
fn right(inner: u32, column: u32) -> f32 { return readDy(inner * ${outputChannels}u + column); }
`,
  });
}

/** A product of matrices in memory: op(a) [batches, rows, inner] times op(b) [batches, inner, columns]. */
export interface MatrixProduct {
  readonly batches: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly pieces: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly formats: { readonly a: ElementFormat; readonly b: ElementFormat };
}

/** Bindings: 0 output f32 [pieces, batches, rows, columns], 1 a, 2 b. */
export function matrixProductShader(product: MatrixProduct): string {
  const { rows, columns, inner, transposeA, transposeB, formats } = product;
  const placeA = transposeA ? `inner * ${rows}u + row` : `row * ${inner}u + inner`;
  const placeB = transposeB ? `column * ${inner}u + inner` : `inner * ${columns}u + column`;
  return tileShader({
    ...product,
    ...{ kind: 'gradient', output: 'f32' },
    leftAlong: transposeA ? 'row' : 'inner',
    rightAlong: transposeB ? 'inner' : 'column',
    functions: `${readable(1, 'a', formats.a)}
${readable(2, 'b', formats.b)}
fn left(row: u32, inner: u32) -> f32 { return readA(batch * ${rows * inner}u + ${placeA}); }
fn right(inner: u32, column: u32) -> f32 { return readB(batch * ${inner * columns}u + ${placeB}); }
`,
  });
}

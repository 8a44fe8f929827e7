import type { ConvolutionShape } from './convolutionShape';
import {
  forParts,
  MATRIX_HEADER,
  type MatrixTile,
  range,
  spikeVectors,
  subgroupPlace,
  threadsOf,
  vectorStride,
} from './matrixTile.wgsl';
import { type PaddedGrid, paddedGrid, placeOfPosition, readableRows } from './paddedGrid';
import { type HalvesKind, packedHalves } from './values.wgsl';

/**
 * Convolution with stride 1 that keeps the size, as an implicit matrix product on subgroup matrices. Rows are positions
 * of the padded grid (paddedGrid.ts), where a tap is the same distance for all of them: a tile of input values with
 * its surroundings is brought to workgroup memory once for all taps, and only the filter is read tap by tap. Input as
 * halves or bits, filter as halves [tap, input channel, output channel], output as halves. Input channels are a
 * multiple of `tile.inner`, output channels of `tile.columns`.
 */
export interface HaloConvolution {
  readonly shape: ConvolutionShape;
  readonly input: 'f16' | 'bits';
  readonly tile: MatrixTile;
  readonly kind: HalvesKind;
}

/** Halves of an input value's row in one read: a vector of eight, or a word of 32 spikes. */
const widthOf = (input: 'f16' | 'bits') => (input === 'bits' ? 32 : 8);

/** Reads of the input's tile that every invocation does for one slice of channels. */
function inputLoader({ shape, input, tile }: HaloConvolution, grid: PaddedGrid) {
  const width = widthOf(input);
  const perRow = tile.inner / width;
  const rows = readableRows(grid, tile.rows);
  const threads = threadsOf(tile);
  const reads = rows * perRow;
  const count = Math.ceil(reads / threads);
  const stride = vectorStride(tile.inner);
  const zero = input === 'bits' ? '0u' : 'vec4<u32>()';
  const each = (line: (index: number) => string) => range(count).map(line).join('\n');
  const places = each(
    (index) => `
  var place${index} = -1;
  {
    let row = (lane + ${index * threads}u) / ${perRow}u;
    let position = i32(firstRow + row) - ${grid.reach};
    ${placeOfPosition(grid, 'position')}
    if (isInside && row < ${rows}u) {
      place${index} = (pixel * ${shape.inputChannels}) / ${width} + i32(lane % ${perRow}u);
    }
  }
  var a${index} = ${zero};`,
  );
  const read = each(
    (index) =>
      `a${index} = select(${zero}, input[u32(max(place${index}, 0)) + slice * ${perRow}u], place${index} >= 0);`,
  );
  const store = each((index) => {
    const to = `((lane + ${index * threads}u) / ${perRow}u) * ${stride}u + (lane % ${perRow}u) * ${width / 8}u`;
    const vectors = input === 'bits' ? spikeVectors(`a${index}`) : [`a${index}`];
    const stores = vectors.map((vector, part) => `rowsTile[${to} + ${part}u] = ${vector};`).join('\n');
    return (index + 1) * threads > reads ? `if (lane < ${reads - index * threads}u) { ${stores} }` : stores;
  });
  return { places, read, store };
}

/** Reads of the filter's part of one tap and slice: `tile.inner` rows of `tile.columns` halves. */
function filterLoader({ shape, tile }: HaloConvolution) {
  const threads = threadsOf(tile);
  const perRow = tile.columns / 8;
  const count = (tile.inner * perRow) / threads;
  const stride = vectorStride(tile.columns);
  const row = (index: number) => `(lane + ${index * threads}u) / ${perRow}u`;
  const column = (index: number) => `(lane + ${index * threads}u) % ${perRow}u`;
  const each = (line: (index: number) => string) => range(count).map(line).join('\n');
  return {
    declarations: each((index) => `var b${index} = vec4<u32>();`),
    read: each(
      (index) =>
        `b${index} = weights[((filterRow + ${row(index)}) * ${shape.outputChannels}u + firstColumn) / 8u + ${column(index)}];`,
    ),
    store: each(
      (index) =>
        `columnsTile[buffer * ${tile.inner * stride}u + (${row(index)}) * ${stride}u + ${column(index)}] = b${index};`,
    ),
  };
}

/** Multiplies one tap of a slice: the input's rows begin `shift` positions further for it. */
function multiply({ tile }: HaloConvolution): string {
  const rowStride = vectorStride(tile.inner);
  const columnStride = vectorStride(tile.columns);
  const loads = (part: number) => [
    ...range(tile.subgroupRows / 16).map(
      (row) =>
        `let l${row} = subgroupMatrixLoad<Left, row_major>(&rowsTile, (subgroupRow + shift + ${row * 16}u) * ${rowStride}u + ${part * 2}u, ${rowStride}u);`,
    ),
    ...range(tile.subgroupColumns / 16).map(
      (column) =>
        `let r${column} = subgroupMatrixLoad<Right, row_major>(&columnsTile, buffer * ${tile.inner * columnStride}u + ${part * 16 * columnStride}u + subgroupColumn / 8u + ${column * 2}u, ${columnStride}u);`,
    ),
  ];
  const products = forParts(
    tile,
    (row, column) =>
      `d${row}_${column} = subgroupMatrixMultiplyAccumulate(l${row}, r${column}, d${row}_${column});`,
  );
  return range(tile.inner / 16)
    .map((part) => `{\n${loads(part).join('\n')}\n${products}\n}`)
    .join('\n');
}

/** Writes the accumulators of real pixels as halves, 16 x 32 of every subgroup at a time, by way of the rows' tile. */
function writeResult({ shape, tile, kind }: HaloConvolution, grid: PaddedGrid): string {
  const places = range(tile.subgroupRows / 16).flatMap((row) =>
    range(tile.subgroupColumns / 32).map((column) => [row, column] as const),
  );
  const pair = (vector: string, first: string, second: string) =>
    packedHalves(`vec2<f32>(bitcast<f32>(${vector}.${first}), bitcast<f32>(${vector}.${second}))`, kind);
  return places
    .map(
      ([row, column]) => `
  workgroupBarrier();
  subgroupMatrixStore<row_major>(&rowsTile, subgroup * 128u, d${row}_${2 * column}, 8u);
  subgroupMatrixStore<row_major>(&rowsTile, subgroup * 128u + 4u, d${row}_${2 * column + 1}, 8u);
  workgroupBarrier();
  for (var k = 0u; k < 2u; k++) {
    let place = k * 32u + lane % 32u;
    let low = rowsTile[subgroup * 128u + place * 2u];
    let high = rowsTile[subgroup * 128u + place * 2u + 1u];
    let position = i32(firstRow + subgroupRow + ${row * 16}u + place / 4u);
    ${placeOfPosition(grid, 'position')}
    if (isInside) {
      output[(u32(pixel) * ${shape.outputChannels}u + firstColumn + subgroupColumn + ${column * 32}u) / 8u + place % 4u] = vec4<u32>(
        ${pair('low', 'x', 'y')}, ${pair('low', 'z', 'w')}, ${pair('high', 'x', 'y')}, ${pair('high', 'z', 'w')});
    }
  }`,
    )
    .join('\n');
}

/** Workgroup memory of a halo convolution, in bytes. */
export function haloBytes(shape: ConvolutionShape, { rows, columns, inner }: MatrixTile): number {
  const input = readableRows(paddedGrid(shape), rows) * vectorStride(inner);
  return 16 * (input + 2 * inner * vectorStride(columns));
}

/** Row tiles of a halo convolution. */
export function haloRowTiles(shape: ConvolutionShape, tile: MatrixTile): number {
  return Math.ceil(paddedGrid(shape).positions / tile.rows);
}

/** Bindings: 0 input, 1 filter, 2 output. Workgroups: x column tiles, y row tiles modulo 32768, z the rest. */
export function haloConvolutionShader(kernel: HaloConvolution): string {
  const { shape, input, tile } = kernel;
  const grid = paddedGrid(shape);
  const taps = shape.kernelHeight * shape.kernelWidth;
  const slices = shape.inputChannels / tile.inner;
  const rows = inputLoader(kernel, grid);
  const columns = filterLoader(kernel);
  const filterOf = (
    slice: string,
    tap: string,
  ) => `let filterRow = ((${tap}) * ${slices}u + ${slice}) * ${tile.inner}u;
      ${columns.read}`;
  const tapProduct = (tap: string) => `{
        let shift = (${tap} / ${shape.kernelWidth}u) * ${grid.rowLength}u + ${tap} % ${shape.kernelWidth}u;
        ${multiply(kernel)}
        buffer = 1u - buffer;
        ${columns.store}
        workgroupBarrier();
      }`;
  return `${MATRIX_HEADER}
@group(0) @binding(0) var<storage, read> input: array<${input === 'bits' ? 'u32' : 'vec4<u32>'}>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4<u32>>;
var<workgroup> rowsTile: array<vec4<u32>, ${readableRows(grid, tile.rows) * vectorStride(tile.inner)}>;
var<workgroup> columnsTile: array<vec4<u32>, ${2 * tile.inner * vectorStride(tile.columns)}>;
@compute @workgroup_size(${threadsOf(tile)})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  ${subgroupPlace(tile)}
  let firstRow = (group.z * 32768u + group.y) * ${tile.rows}u;
  let firstColumn = group.x * ${tile.columns}u;
  ${rows.places}
  ${columns.declarations}
  ${forParts(tile, (row, column) => `var d${row}_${column}: Result;`)}
  var buffer = 0u;
  {
    ${filterOf('0u', '0u')}
    ${columns.store}
  }
  for (var slice = 0u; slice < ${slices}u; slice++) {
    ${rows.read}
    ${rows.store}
    workgroupBarrier();
    for (var tap = 0u; tap < ${taps - 1}u; tap++) {
      ${filterOf('slice', 'tap + 1u')}
      ${tapProduct('tap')}
    }
    {
      // The last tap by itself: choosing the next filter within the loop took a third of the speed on an H200.
      ${filterOf(`min(slice + 1u, ${slices}u - 1u)`, '0u')}
      ${tapProduct(`${taps - 1}u`)}
    }
  }
  ${writeResult(kernel, grid)}
}
`;
}

import type { ConvolutionShape } from './convolutionShape';
import {
  forParts,
  MATRIX_HEADER,
  type MatrixTile,
  pipelined,
  range,
  spikeVectors,
  subgroupPlace,
  threadsOf,
  vectorStride,
} from './matrixTile.wgsl';
import { type HalvesKind, packedHalves } from './values.wgsl';

/**
 * Convolution as an implicit matrix product on subgroup matrices: rows are output pixels, columns output channels, the
 * inner index runs over taps and input channels. Input as halves or bits, filter as halves [tap, input channel,
 * output channel], output as halves. Input channels are a multiple of `tile.inner`, output channels of `tile.columns`.
 */
export interface MatrixConvolution {
  readonly shape: ConvolutionShape;
  readonly input: 'f16' | 'bits';
  readonly tile: MatrixTile;
  readonly kind: HalvesKind;
}

/** Reads of one round that every invocation keeps in registers until the round before is multiplied. */
interface Loader {
  readonly declarations: string;
  readonly read: string;
  readonly store: string;
}

/** The invocation's rows: `base` (index of the input value at tap 0, channel 0) and `inside` (bit per tap). */
function rowPlaces({ shape }: MatrixConvolution, count: number, rowOf: (index: number) => string): string {
  const { outputHeight, outputWidth, height, width, stride, paddingTop, paddingLeft } = shape;
  const { kernelHeight, kernelWidth, inputChannels, frames } = shape;
  const pixels = outputHeight * outputWidth;
  return range(count)
    .map(
      (index) => `
  let pixel${index} = firstRow + ${rowOf(index)};
  let frame${index} = pixel${index} / ${pixels}u;
  let top${index} = i32((pixel${index} % ${pixels}u) / ${outputWidth}u) * ${stride} - ${paddingTop};
  let left${index} = i32(pixel${index} % ${outputWidth}u) * ${stride} - ${paddingLeft};
  let base${index} = (i32(frame${index}) * ${height * width} + top${index} * ${width} + left${index}) * ${inputChannels};
  var inside${index} = 0u;
  if (frame${index} < ${frames}u) {
    for (var tap = 0; tap < ${kernelHeight * kernelWidth}; tap++) {
      let y = top${index} + tap / ${kernelWidth};
      let x = left${index} + tap % ${kernelWidth};
      if (y >= 0 && y < ${height} && x >= 0 && x < ${width}) { inside${index} |= 1u << u32(tap); }
    }
  }`,
    )
    .join('\n');
}

function halvesLoader(kernel: MatrixConvolution): Loader {
  const { tile } = kernel;
  const threads = threadsOf(tile);
  const perRow = tile.inner / 8;
  const count = (tile.rows * perRow) / threads;
  const row = (index: number) => `(lane + ${index * threads}u) / ${perRow}u`;
  const column = `lane % ${perRow}u`;
  const stride = vectorStride(tile.inner);
  const each = (line: (index: number) => string) => range(count).map(line).join('\n');
  return {
    declarations: rowPlaces(kernel, count, row) + each((index) => `var a${index} = vec4<u32>();`),
    read: each(
      (index) => `{
      let isInside = ((inside${index} >> tap) & 1u) == 1u;
      let place = select(0u, u32(base${index} + tapOffset + i32(channel)) / 8u, isInside) + ${column};
      a${index} = select(vec4<u32>(), input[place], isInside);
    }`,
    ),
    store: each(
      (index) =>
        `rowsTile[buffer * ${tile.rows * stride}u + (${row(index)}) * ${stride}u + ${column}] = a${index};`,
    ),
  };
}

function bitsLoader(kernel: MatrixConvolution): Loader {
  const { tile } = kernel;
  const threads = threadsOf(tile);
  const words = tile.inner / 32;
  const count = Math.ceil((tile.rows * words) / threads);
  const row = (index: number) => `(lane + ${index * threads}u) / ${words}u`;
  const column = `lane % ${words}u`;
  const stride = vectorStride(tile.inner);
  const each = (line: (index: number) => string) => range(count).map(line).join('\n');
  // With more invocations than words, the last ones repeat the first ones' reads and store nothing.
  const isSpare = tile.rows * words < threads;
  const wrapped = (index: number) => (isSpare ? `(lane % ${tile.rows * words}u) / ${words}u` : row(index));
  return {
    declarations: rowPlaces(kernel, count, wrapped) + each((index) => `var a${index} = 0u;`),
    read: each(
      (index) => `{
      let isInside = ((inside${index} >> tap) & 1u) == 1u;
      let place = select(0u, u32(base${index} + tapOffset + i32(channel)) / 32u, isInside) + ${column};
      a${index} = select(0u, input[place], isInside);
    }`,
    ),
    store: each((index) => {
      const to = `buffer * ${tile.rows * stride}u + (${row(index)}) * ${stride}u + (${column}) * 4u`;
      const stores = spikeVectors(`a${index}`)
        .map((vector, part) => `rowsTile[${to} + ${part}u] = ${vector};`)
        .join('\n');
      return isSpare ? `if (lane < ${tile.rows * words}u) { ${stores} }` : stores;
    }),
  };
}

function filterLoader({ shape, tile }: MatrixConvolution): Loader {
  const threads = threadsOf(tile);
  const perRow = tile.columns / 8;
  const count = (tile.inner * perRow) / threads;
  const row = (index: number) => `(lane + ${index * threads}u) / ${perRow}u`;
  const column = (index: number) => `(lane + ${index * threads}u) % ${perRow}u`;
  const stride = vectorStride(tile.columns);
  const each = (line: (index: number) => string) => range(count).map(line).join('\n');
  return {
    declarations: each((index) => `var b${index} = vec4<u32>();`),
    read: each(
      (index) =>
        `b${index} = weights[((inner + ${row(index)}) * ${shape.outputChannels}u + firstColumn) / 8u + ${column(index)}];`,
    ),
    store: each(
      (index) =>
        `columnsTile[buffer * ${tile.inner * stride}u + (${row(index)}) * ${stride}u + ${column(index)}] = b${index};`,
    ),
  };
}

/** Multiplies the round in workgroup memory into the accumulators. */
function multiply({ tile }: MatrixConvolution): string {
  const rowStride = vectorStride(tile.inner);
  const columnStride = vectorStride(tile.columns);
  return range(tile.inner / 16)
    .map((part) => {
      const left = range(tile.subgroupRows / 16).map(
        (row) =>
          `let l${row} = subgroupMatrixLoad<Left, row_major>(&rowsTile, buffer * ${tile.rows * rowStride}u + (subgroupRow + ${row * 16}u) * ${rowStride}u + ${part * 2}u, ${rowStride}u);`,
      );
      const right = range(tile.subgroupColumns / 16).map(
        (column) =>
          `let r${column} = subgroupMatrixLoad<Right, row_major>(&columnsTile, buffer * ${tile.inner * columnStride}u + ${part * 16 * columnStride}u + subgroupColumn / 8u + ${column * 2}u, ${columnStride}u);`,
      );
      const products = forParts(
        tile,
        (row, column) =>
          `d${row}_${column} = subgroupMatrixMultiplyAccumulate(l${row}, r${column}, d${row}_${column});`,
      );
      return `{\n${left.join('\n')}\n${right.join('\n')}\n${products}\n}`;
    })
    .join('\n');
}

/** Writes the accumulators as halves, 16 x 32 of every subgroup at a time, by way of workgroup memory. */
function writeResult({ shape, tile, kind }: MatrixConvolution): string {
  const rows = shape.frames * shape.outputHeight * shape.outputWidth;
  const places = range(tile.subgroupRows / 16).flatMap((row) =>
    range(tile.subgroupColumns / 32).map((column) => [row, column] as const),
  );
  return places
    .map(
      ([row, column]) => `
  workgroupBarrier();
  subgroupMatrixStore<row_major>(&resultTile, subgroup * 512u, d${row}_${2 * column}, 32u);
  subgroupMatrixStore<row_major>(&resultTile, subgroup * 512u + 16u, d${row}_${2 * column + 1}, 32u);
  workgroupBarrier();
  for (var k = 0u; k < 2u; k++) {
    let place = (k * 32u + lane % 32u) * 8u;
    let start = subgroup * 512u + place;
    let pixel = firstRow + subgroupRow + ${row * 16}u + place / 32u;
    if (pixel < ${rows}u) {
      output[(pixel * ${shape.outputChannels}u + firstColumn + subgroupColumn + ${column * 32}u + place % 32u) / 8u] = vec4<u32>(
        ${packedHalves('vec2<f32>(resultTile[start], resultTile[start + 1u])', kind)},
        ${packedHalves('vec2<f32>(resultTile[start + 2u], resultTile[start + 3u])', kind)},
        ${packedHalves('vec2<f32>(resultTile[start + 4u], resultTile[start + 5u])', kind)},
        ${packedHalves('vec2<f32>(resultTile[start + 6u], resultTile[start + 7u])', kind)});
    }
  }`,
    )
    .join('\n');
}

/** Bindings: 0 input, 1 filter, 2 output. Workgroups: x column tiles, y row tiles modulo 32768, z the rest. */
export function matrixConvolutionShader(kernel: MatrixConvolution): string {
  const { shape, input, tile } = kernel;
  const rowsLoader = input === 'bits' ? bitsLoader(kernel) : halvesLoader(kernel);
  const columnsLoader = filterLoader(kernel);
  const rounds = (shape.kernelHeight * shape.kernelWidth * shape.inputChannels) / tile.inner;
  const perTap = shape.inputChannels / tile.inner;
  const place = `let inner = round * ${tile.inner}u;
    let tap = round / ${perTap}u;
    let channel = (round % ${perTap}u) * ${tile.inner}u;
    let tapOffset = i32((tap / ${shape.kernelWidth}u) * ${shape.width}u + tap % ${shape.kernelWidth}u) * ${shape.inputChannels};`;
  const rowsVectors = tile.buffers * tile.rows * vectorStride(tile.inner);
  const columnsVectors = tile.buffers * tile.inner * vectorStride(tile.columns);
  return `${MATRIX_HEADER}
@group(0) @binding(0) var<storage, read> input: array<${input === 'bits' ? 'u32' : 'vec4<u32>'}>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4<u32>>;
var<workgroup> rowsTile: array<vec4<u32>, ${rowsVectors}>;
var<workgroup> columnsTile: array<vec4<u32>, ${columnsVectors}>;
var<workgroup> resultTile: array<f32, ${threadsOf(tile) * 16}>;
@compute @workgroup_size(${threadsOf(tile)})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  ${subgroupPlace(tile)}
  let firstRow = (group.z * 32768u + group.y) * ${tile.rows}u;
  let firstColumn = group.x * ${tile.columns}u;
  ${rowsLoader.declarations}
  ${columnsLoader.declarations}
  ${forParts(tile, (row, column) => `var d${row}_${column}: Result;`)}
  ${pipelined(tile, `${rounds}u`, {
    place,
    read: `${rowsLoader.read}\n${columnsLoader.read}`,
    store: `${rowsLoader.store}\n${columnsLoader.store}`,
    multiply: multiply(kernel),
  })}
  ${writeResult(kernel)}
}
`;
}

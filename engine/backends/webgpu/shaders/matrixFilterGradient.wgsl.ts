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

/**
 * Filter gradient as a matrix product on subgroup matrices: rows are [tap, input channel], columns output channels,
 * the inner index runs over output pixels. The pixels are cut into `pieces`, summed by another kernel: the output is
 * [piece, rows padded to tile.rows, output channels] in f32. Output channels are a multiple of `tile.columns`, input
 * channels of 32 (bits) or 8 (halves).
 */
export interface MatrixFilterGradient {
  readonly shape: ConvolutionShape;
  readonly input: 'f16' | 'bits';
  readonly tile: MatrixTile;
  readonly pieces: number;
}

/** Rows of the output, padded. */
export function paddedFilterRows({ shape, tile }: Pick<MatrixFilterGradient, 'shape' | 'tile'>): number {
  const rows = shape.kernelHeight * shape.kernelWidth * shape.inputChannels;
  return Math.ceil(rows / tile.rows) * tile.rows;
}

/** Reads input values of `width` channels at the pixels of a round; zero outside the frame and beyond the last pixel. */
function inputLoader({ shape, tile, input }: MatrixFilterGradient) {
  const width = input === 'bits' ? 32 : 8;
  const threads = threadsOf(tile);
  const perPixel = tile.rows / width;
  const reads = tile.inner * perPixel;
  const count = Math.ceil(reads / threads);
  // With more invocations than reads, the last ones repeat the first ones' and store nothing.
  const isSpare = reads < threads;
  const reader = isSpare ? `lane % ${reads}u` : 'lane';
  const stride = vectorStride(tile.rows);
  const pixels = shape.outputHeight * shape.outputWidth;
  const each = (line: (index: number) => string) => range(count).map(line).join('\n');
  const zero = input === 'bits' ? '0u' : 'vec4<u32>()';
  // All reads of an invocation have the same column when the threads are a multiple of the columns, as they are here.
  const declarations = `
  let row = firstRow + (lane % ${perPixel}u) * ${width}u;
  let tap = row / ${shape.inputChannels}u;
  let tapY = i32(tap / ${shape.kernelWidth}u) - ${shape.paddingTop};
  let tapX = i32(tap % ${shape.kernelWidth}u) - ${shape.paddingLeft};
  let channel = i32(row % ${shape.inputChannels}u);
  let isRow = tap < ${shape.kernelHeight * shape.kernelWidth}u;
  ${each((index) => `var a${index} = ${zero};`)}`;
  const read = each(
    (index) => `{
      let pixel = firstPixel + (${reader} + ${index * threads}u) / ${perPixel}u;
      let inFrame = pixel % ${pixels}u;
      let y = i32(inFrame / ${shape.outputWidth}u) * ${shape.stride} + tapY;
      let x = i32(inFrame % ${shape.outputWidth}u) * ${shape.stride} + tapX;
      let isInside = isRow && pixel < lastPixel && y >= 0 && y < ${shape.height} && x >= 0 && x < ${shape.width};
      let place = select(0u, u32(((i32(pixel / ${pixels}u) * ${shape.height} + y) * ${shape.width} + x) * ${shape.inputChannels} + channel) / ${width}u, isInside);
      a${index} = select(${zero}, input[place], isInside);
    }`,
  );
  const to = (index: number) =>
    `buffer * ${tile.inner * stride}u + ((lane + ${index * threads}u) / ${perPixel}u) * ${stride}u + (lane % ${perPixel}u) * ${width / 8}u`;
  const store = each((index) => {
    const vectors = input === 'f16' ? [`a${index}`] : spikeVectors(`a${index}`);
    const stores = vectors.map((vector, part) => `rowsTile[${to(index)} + ${part}u] = ${vector};`).join('\n');
    return isSpare ? `if (lane < ${reads}u) { ${stores} }` : stores;
  });
  return { declarations, read, store };
}

/** Reads output gradients (halves) of the pixels of a round. */
function gradientLoader({ shape, tile }: MatrixFilterGradient) {
  const threads = threadsOf(tile);
  const perPixel = tile.columns / 8;
  const count = (tile.inner * perPixel) / threads;
  const stride = vectorStride(tile.columns);
  const each = (line: (index: number) => string) => range(count).map(line).join('\n');
  const pixelOf = (index: number) => `(lane + ${index * threads}u) / ${perPixel}u`;
  const columnOf = (index: number) => `(lane + ${index * threads}u) % ${perPixel}u`;
  return {
    declarations: each((index) => `var b${index} = vec4<u32>();`),
    read: each(
      (index) => `{
      let pixel = firstPixel + ${pixelOf(index)};
      let value = gradient[(min(pixel, lastPixel - 1u) * ${shape.outputChannels}u + firstColumn) / 8u + ${columnOf(index)}];
      b${index} = select(vec4<u32>(), value, pixel < lastPixel);
    }`,
    ),
    store: each(
      (index) =>
        `columnsTile[buffer * ${tile.inner * stride}u + (${pixelOf(index)}) * ${stride}u + ${columnOf(index)}] = b${index};`,
    ),
  };
}

function multiply({ tile }: MatrixFilterGradient): string {
  const rowStride = vectorStride(tile.rows);
  const columnStride = vectorStride(tile.columns);
  return range(tile.inner / 16)
    .map((part) => {
      const left = range(tile.subgroupRows / 16).map(
        (row) =>
          `let l${row} = subgroupMatrixLoad<Left, col_major>(&rowsTile, buffer * ${tile.inner * rowStride}u + ${part * 16 * rowStride}u + subgroupRow / 8u + ${row * 2}u, ${rowStride}u);`,
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

/** Bindings: 0 input, 1 output gradient, 2 output. Workgroups: x column tiles, y row tiles, z pieces. */
export function matrixFilterGradientShader(kernel: MatrixFilterGradient): string {
  const { shape, input, tile, pieces } = kernel;
  const pixels = shape.frames * shape.outputHeight * shape.outputWidth;
  const perPiece = Math.ceil(pixels / pieces / tile.inner) * tile.inner;
  const [rows, columns] = [inputLoader(kernel), gradientLoader(kernel)];
  return `${MATRIX_HEADER}
@group(0) @binding(0) var<storage, read> input: array<${input === 'bits' ? 'u32' : 'vec4<u32>'}>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
var<workgroup> rowsTile: array<vec4<u32>, ${tile.buffers * tile.inner * vectorStride(tile.rows)}>;
var<workgroup> columnsTile: array<vec4<u32>, ${tile.buffers * tile.inner * vectorStride(tile.columns)}>;
@compute @workgroup_size(${threadsOf(tile)})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  ${subgroupPlace(tile)}
  let firstRow = group.y * ${tile.rows}u;
  let firstColumn = group.x * ${tile.columns}u;
  let start = group.z * ${perPiece}u;
  let lastPixel = min(start + ${perPiece}u, ${pixels}u);
  ${rows.declarations}
  ${columns.declarations}
  ${forParts(tile, (row, column) => `var d${row}_${column}: Result;`)}
  ${pipelined(tile, `${perPiece / tile.inner}u`, {
    place: `let firstPixel = start + round * ${tile.inner}u;`,
    read: `${rows.read}\n${columns.read}`,
    store: `${rows.store}\n${columns.store}`,
    multiply: multiply(kernel),
  })}
  let first = (group.z * ${paddedFilterRows(kernel)}u + firstRow + subgroupRow) * ${shape.outputChannels}u + firstColumn + subgroupColumn;
  ${forParts(
    tile,
    (row, column) =>
      `subgroupMatrixStore<row_major>(&output, first + ${row * 16 * shape.outputChannels + column * 16}u, d${row}_${column}, ${shape.outputChannels}u);`,
  )}
}
`;
}

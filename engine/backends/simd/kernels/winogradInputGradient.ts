import { ConvolutionArgs } from './convolutionArgs';
import { product } from './product';
import { spreadRows } from './spread';
import { pieceStart, zeroFloats } from './vector';
import { transformInput, transformOutput } from './winogradTransforms';

/** Tiles of 4x4 inputs whose products are made together. As in engine/backends/simd/convolution.ts. */
const TILES: i32 = 48;
/** Bytes between the matrices of two frequencies beyond their size: keeps them off the same cache sets. */
const GAP: i32 = 64;

/**
 * One chunk of the input gradient of a 3x3 convolution with stride 1, by F(4x4, 3x3): a run of tile rows. `filter`
 * holds the transformed filter, per frequency in panels (product.ts); channelStride is a multiple of the panel; a tile
 * row must not have more than TILES tiles. Tiles are padded with zeros to a multiple of 4.
 * Scratch: a grid of 6 rows, the transformed tiles [36, TILES, outStride], their products and 64 vectors.
 */
export function winogradInputGradient(args: usize, chunk: i32, scratch: usize): void {
  const a = changetype<ConvolutionArgs>(args);
  const tilesAcross = (a.width + 3) >> 2;
  const total = a.images * ((a.height + 3) >> 2);
  const batchRows = max(1, TILES / tilesAcross);
  const end = pieceStart(total, a.chunks, chunk + 1);
  const temporary = scratch;
  const transformed = scratch + 1024;
  const products = transformed + 36 * (TILES * a.outStride * 4 + GAP);
  const grid = products + 36 * (TILES * a.channelStride * 4 + GAP);
  for (let row = pieceStart(total, a.chunks, chunk); row < end; row += batchRows) {
    const rows = min(batchRows, end - row);
    const tiles = (rows * tilesAcross + 3) & ~3;
    const inputStride = tiles * a.outStride * 4 + GAP;
    const outputStride = tiles * a.channelStride * 4 + GAP;
    for (let r = 0; r < rows; r++) {
      const target = transformed + (r * tilesAcross * a.outStride << 2);
      transformTileRow(a, row + r, tilesAcross, grid, target, inputStride, temporary);
    }
    const padding = tiles - rows * tilesAcross;
    for (let f = 0; f < 36; f++) {
      const x = transformed + f * inputStride;
      zeroFloats(x + (rows * tilesAcross * a.outStride << 2), padding * a.outStride);
      const w = a.filter + (f * a.outStride * a.channelStride << 2);
      product(x, w, products + f * outputStride, tiles, a.outStride, a.channelStride, false);
    }
    for (let r = 0; r < rows; r++) {
      const source = products + (r * tilesAcross * a.channelStride << 2);
      storeTileRow(a, row + r, tilesAcross, source, outputStride, temporary);
    }
  }
}

function transformTileRow(
  a: ConvolutionArgs, row: i32, tilesAcross: i32, grid: usize, target: usize, stride: i32, temporary: usize,
): void {
  const tileRows = (a.height + 3) >> 2;
  const image = row / tileRows;
  const first = (row - image * tileRows) << 2;
  const pixel = a.outStride << 2;
  const gridWidth = tilesAcross * 4 + 2;
  spreadRows(a, image, first, first + 6, grid, gridWidth);
  for (let tile = 0; tile < tilesAcross; tile++) {
    for (let c = 0; c < pixel; c += 16) {
      transformInput(grid + tile * 4 * pixel + c, pixel, gridWidth * pixel, target + tile * pixel + c, stride, temporary);
    }
  }
}

function storeTileRow(
  a: ConvolutionArgs, row: i32, tilesAcross: i32, source: usize, stride: i32, temporary: usize,
): void {
  const tileRows = (a.height + 3) >> 2;
  const image = row / tileRows;
  const first = (row - image * tileRows) << 2;
  const rows = min(4, a.height - first);
  const pixel = a.channels << 2;
  for (let tile = 0; tile < tilesAcross; tile++) {
    const columns = min(4, a.width - tile * 4);
    const target = a.x + ((image * a.height + first) * a.width + tile * 4) * pixel;
    for (let c = 0; c < a.channels; c += 4) {
      transformOutput(source + ((tile * a.channelStride + c) << 2), stride, target + (c << 2), pixel, a.width * pixel,
        rows, columns, min(4, a.channels - c), temporary);
    }
  }
}

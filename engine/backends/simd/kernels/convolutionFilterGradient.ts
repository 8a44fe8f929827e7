import { accumulateKernelRow } from './accumulate';
import { ChannelLists, clearLists, listRow } from './channelLists';
import { ConvolutionArgs } from './convolutionArgs';
import { spreadBlocks } from './spread';
import { pieceStart, zeroFloats } from './vector';

/**
 * One chunk of the filter gradient: a run of input rows, added up into the chunk's own partial filter. Small images
 * are taken several at a time, so that the lists are long.
 */
export function convolutionFilterGradient(args: usize, chunk: i32, scratch: usize): void {
  const a = changetype<ConvolutionArgs>(args);
  const filterFloats = a.kernelHeight * a.kernelWidth * a.channels * a.outStride;
  const target = a.partials + ((chunk * filterFloats) << 2);
  zeroFloats(target, filterFloats);
  const total = a.images * a.height;
  let row = pieceStart(total, a.chunks, chunk);
  const end = pieceStart(total, a.chunks, chunk + 1);
  while (row < end) {
    row += accumulateBands(a, row, end, scratch, target);
  }
}

/** Handles up to bandRows rows from `row` on, of one or several images; returns how many. */
function accumulateBands(a: ConvolutionArgs, row: i32, end: i32, scratch: usize, target: usize): i32 {
  const count = min(a.bandRows, end - row);
  const block = blockOf(a.outChannels);
  const gridRow = (a.width + a.kernelWidth - 1) * block << 2;
  const lists = changetype<ChannelLists>(scratch);
  lists.ends = scratch + 64;
  lists.lists = (scratch + 128 + (a.channels << 2)) & ~63;
  lists.listStride = (count * a.width + 4) << 2;
  lists.valuesAt = a.channels * lists.listStride + 64;
  lists.pixelShift = block == 8 ? 5 : 4;
  lists.table = a.table;
  clearLists(lists, a.channels);
  let grid = (lists.lists + 2 * lists.valuesAt + 63) & ~63;
  const gridRows = bandGridRows(a, row, row + count);
  const blockBytes = gridRows * gridRow;
  let gridAt: usize = 0;
  for (let at = row; at < row + count; ) {
    const image = at / a.height;
    const first = at - image * a.height;
    const rows = min(a.height - first, row + count - at);
    spreadBlocks(a, image, first, first + rows + a.kernelHeight - 1, grid + gridAt, block, blockBytes);
    for (let r = 0; r < rows; r++) {
      const x = a.x + ((at + r) * a.width * a.channels << 2);
      listRow(lists, x, a.width, a.channels, <i32>gridAt + r * gridRow);
    }
    gridAt += (rows + a.kernelHeight - 1) * gridRow;
    at += rows;
  }
  for (let o = 0; o < a.outChannels; o += block) {
    accumulateBlock(a, lists, grid, gridRow, block, target + (o << 2));
    grid += blockBytes;
  }
  return count;
}

/** Output channels that are accumulated together; outStride is a multiple of it. */
function blockOf(outChannels: i32): i32 {
  return outChannels > 4 ? 8 : 4;
}

/** Grid rows of the input rows [row, end): each image's part needs kernelHeight - 1 rows more. */
function bandGridRows(a: ConvolutionArgs, row: i32, end: i32): i32 {
  const images = (end - 1) / a.height - row / a.height + 1;
  return end - row + images * (a.kernelHeight - 1);
}

/** All channels and kernel rows for the output channels of one block; `target` is the block's filter column. */
function accumulateBlock(
  a: ConvolutionArgs, lists: ChannelLists, grid: usize, gridRow: i32, block: i32, target: usize,
): void {
  const filterRow = a.outStride << 2;
  const tapStride = a.channels * filterRow;
  const binary = lists.others == 0;
  for (let c = 0; c < a.channels; c++) {
    const list = lists.lists + c * lists.listStride;
    const end: usize = load<u32>(lists.ends + (c << 2));
    if (end == list) continue;
    for (let ky = 0; ky < a.kernelHeight; ky++) {
      const last = target + ((ky + 1) * a.kernelWidth - 1) * tapStride + c * filterRow;
      const gradient = grid + (a.kernelHeight - 1 - ky) * gridRow;
      accumulateKernelRow(list, end, lists.valuesAt, binary, gradient, block, a.kernelWidth, last, tapStride);
    }
  }
}

@unmanaged
class ReduceArgs {
  partials: usize;
  target: usize;
  parts: i32;
  rows: i32;
  outChannels: i32;
  outStride: i32;
  chunks: i32;
}

/** One chunk of rows: the sum over all partial filters in float64, without the padding columns. */
export function reducePartials(args: usize, chunk: i32): void {
  const a = changetype<ReduceArgs>(args);
  const end = pieceStart(a.rows, a.chunks, chunk + 1);
  const partBytes: usize = (a.rows * a.outStride) << 2;
  for (let row = pieceStart(a.rows, a.chunks, chunk); row < end; row++) {
    for (let o = 0; o < a.outChannels; o++) {
      let p = a.partials + ((row * a.outStride + o) << 2);
      let sum: f64 = 0;
      for (let part = 0; part < a.parts; part++) {
        sum += <f64>load<f32>(p);
        p += partBytes;
      }
      store<f32>(a.target + ((row * a.outChannels + o) << 2), <f32>sum);
    }
  }
}

import { accumulateChannel } from './accumulate';
import { ConvolutionArgs } from './convolutionArgs';
import { spreadGradient } from './spread';
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
  const gridRow = ((a.width + a.kernelWidth - 1) * a.outStride) << 2;
  const count = min(a.bandRows, end - row);
  const last = row + count;
  const capacity = count * a.width;
  const counts = scratch;
  const lists = scratch + (((a.channels << 2) + 63) & ~63);
  const valuesAt: usize = (capacity * a.channels) << 2;
  const grid = lists + 2 * valuesAt;
  memory.fill(counts, 0, a.channels << 2);
  let gridEnd = grid;
  let binary = true;
  for (let at = row; at < last; ) {
    const image = at / a.height;
    const first = at - image * a.height;
    const rows = min(a.height - first, last - at);
    spreadGradient(a, image, first, first + rows + a.kernelHeight - 1, gridEnd);
    const x = a.x + ((at * a.width * a.channels) << 2);
    binary = listChannels(a, x, rows, gridEnd - grid, counts, lists, capacity, valuesAt) && binary;
    gridEnd += (rows + a.kernelHeight - 1) * gridRow;
    at += rows;
  }
  for (let c = 0; c < a.channels; c++) {
    const list = lists + ((c * capacity) << 2);
    const listEnd = list + (load<u32>(counts + (c << 2)) << 2);
    accumulateChannel(a, c, list, listEnd, valuesAt, binary, grid, target);
  }
  return count;
}

/** Appends the nonzero inputs of some rows to the list of their channel; false if a value is not 1. */
function listChannels(
  a: ConvolutionArgs,
  x: usize,
  rows: i32,
  offset: usize,
  counts: usize,
  lists: usize,
  capacity: i32,
  valuesAt: usize,
): bool {
  const pixel = a.outStride << 2;
  const gridRow = (a.width + a.kernelWidth - 1) * pixel;
  const listBytes = capacity << 2;
  let others = 0;
  for (let row = 0; row < rows; row++) {
    let position = offset + row * gridRow;
    for (let column = 0; column < a.width; column++) {
      let list = lists;
      for (let c = 0; c < a.channels; c++) {
        const value = load<f32>(x);
        const counter = counts + (c << 2);
        if (value != 0) {
          const count = load<u32>(counter);
          store<u32>(list + (count << 2), <u32>position);
          store<f32>(list + (count << 2) + valuesAt, value);
          store<u32>(counter, count + 1);
          others |= i32(value != 1);
        }
        list += listBytes;
        x += 4;
      }
      position += pixel;
    }
  }
  return others == 0;
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

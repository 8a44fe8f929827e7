import { ConvolutionArgs } from './convolutionArgs';
import { appendNonzero } from './spikeLists';

/**
 * The lists of nonzero inputs of some rows, pixel after pixel; the list of pixel x of row r goes from
 * starts[r * (width + 1) + x] to the next start. An entry is the byte offset of the input's weight row in the filter
 * [kernelWidth, kernelHeight, channels, outStride] if the pixel were kernel column x and kernel row 0; its value lies
 * valuesAt bytes behind it.
 */
@unmanaged
export class InputLists {
  starts: usize;
  entries: usize;
  end: usize;
  valuesAt: usize;
  /** The lists of one window row (see mergeRows). */
  mergedStarts: usize;
  mergedEntries: usize;
  mergedValuesAt: usize;
  /** 1 if all nonzero values are 1. */
  binary: i32;
}

/** Lays the lists of `rows` input rows out at `scratch`. */
export function layOutLists(l: InputLists, a: ConvolutionArgs, rows: i32, scratch: usize): void {
  const values = rows * a.width * a.channels;
  l.starts = scratch;
  l.entries = (scratch + (rows * (a.width + 1) << 2) + 15) & ~15;
  l.valuesAt = (values << 2) + 64;
  l.mergedStarts = l.entries + 2 * l.valuesAt;
  l.mergedEntries = (l.mergedStarts + ((a.width + 1) << 2) + 15) & ~15;
  l.mergedValuesAt = (a.kernelHeight * a.width * a.channels << 2) + 64;
}

/** Lists `rows` input rows at x. */
export function listInputs(l: InputLists, a: ConvolutionArgs, x: usize, rows: i32): void {
  const step = a.outStride << 2;
  let end = l.entries;
  let starts = l.starts;
  for (let row = 0; row < rows; row++) {
    let entry = 0;
    for (let column = 0; column < a.width; column++) {
      store<u32>(starts, <u32>end);
      starts += 4;
      end = appendNonzero(x, a.channels, entry, step, end, l.valuesAt, a.table);
      x += a.channels << 2;
      entry += a.kernelHeight * a.channels * step;
    }
    store<u32>(starts, <u32>end);
    starts += 4;
  }
  l.end = end;
  l.binary = i32(allOnes(l.entries + l.valuesAt, <i32>((end - l.entries) >> 2)));
}

function allOnes(values: usize, count: i32): bool {
  const one = f32x4.splat(1);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    if (v128.any_true(f32x4.ne(v128.load(values + (i << 2)), one))) return false;
  }
  for (; i < count; i++) {
    if (load<f32>(values + (i << 2)) != 1) return false;
  }
  return true;
}

/**
 * Merges the lists of listed rows [row, row + kernelRows), which lie under the kernel rows from kernelTop on, so that
 * everything under the window of an output pixel is one range: mergedStarts[x] to mergedStarts[x + kernelWidth].
 */
export function mergeRows(l: InputLists, a: ConvolutionArgs, row: i32, kernelTop: i32, kernelRows: i32): void {
  const rowBytes = a.channels * a.outStride << 2;
  const listStride = (a.width + 1) << 2;
  let end = l.mergedEntries;
  for (let column = 0; column < a.width; column++) {
    store<u32>(l.mergedStarts + (column << 2), <u32>end);
    let starts = l.starts + row * listStride + (column << 2);
    for (let ky = kernelTop; ky < kernelTop + kernelRows; ky++) {
      const from: usize = load<u32>(starts);
      const count = load<u32>(starts, 4) - <u32>from;
      copyEntries(from, end, count, i32x4.splat(ky * rowBytes));
      if (!l.binary) copyEntries(from + l.valuesAt, end + l.mergedValuesAt, count, i32x4.splat(0));
      end += count;
      starts += listStride;
    }
  }
  store<u32>(l.mergedStarts + (a.width << 2), <u32>end);
}

/** Copies `bytes` bytes of whole entries, adding to each; up to 32 bytes are written in any case. */
// @ts-ignore: decorator
@inline
function copyEntries(from: usize, to: usize, bytes: i32, added: v128): void {
  v128.store(to, i32x4.add(v128.load(from), added));
  v128.store(to, i32x4.add(v128.load(from, 16), added), 16);
  for (let i = 32; i < bytes; i += 16) {
    v128.store(to + i, i32x4.add(v128.load(from + i), added));
  }
}

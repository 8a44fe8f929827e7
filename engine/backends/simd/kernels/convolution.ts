import { ConvolutionArgs } from './convolutionArgs';
import { denseRow } from './dense';
import { gather16, gather32, gather4, gather8 } from './gather';
import { InputLists, layOutLists, listInputs, mergeRows } from './inputLists';
import { copyFloats, pieceStart, zeroFloats } from './vector';

/** One chunk of the forward convolution: a run of output rows, band by band, never across two images. */
export function convolution(args: usize, chunk: i32, scratch: usize): void {
  const a = changetype<ConvolutionArgs>(args);
  const total = a.images * a.outHeight;
  let row = pieceStart(total, a.chunks, chunk);
  const end = pieceStart(total, a.chunks, chunk + 1);
  while (row < end) {
    const image = row / a.outHeight;
    const first = row - image * a.outHeight;
    const last = min(min(first + a.bandRows, a.outHeight), first + end - row);
    convolveBand(a, image, first, last, scratch);
    row += last - first;
  }
}

/** Output rows [first, last) of one image. */
function convolveBand(a: ConvolutionArgs, image: i32, first: i32, last: i32, scratch: usize): void {
  const top = max(0, first * a.stride - a.padding);
  const bottom = max(top, min(a.height, (last - 1) * a.stride - a.padding + a.kernelHeight));
  const rows = bottom - top;
  const rowFloats = a.width * a.channels;
  const lists = changetype<InputLists>(scratch);
  layOutLists(lists, a, rows, scratch + 64);
  listInputs(lists, a, a.x + ((image * a.height + top) * rowFloats << 2), rows);
  const count = <i32>((lists.end - lists.entries) >> 2);
  if (<f32>count >= a.denseFrom * <f32>(rows * rowFloats)) {
    denseBand(a, image, first, last, top, bottom, scratch);
  } else {
    gatherBand(a, image, first, last, top, bottom, lists);
  }
}

function gatherBand(
  a: ConvolutionArgs, image: i32, first: i32, last: i32, top: i32, bottom: i32, lists: InputLists,
): void {
  for (let row = first; row < last; row++) {
    const y0 = row * a.stride - a.padding;
    const kernelTop = min(a.kernelHeight, max(0, top - y0));
    const kernelRows = max(0, min(a.kernelHeight, bottom - y0) - kernelTop);
    mergeRows(lists, a, y0 + kernelTop - top, kernelTop, kernelRows);
    gatherRow(a, lists, a.y + ((image * a.outHeight + row) * a.outWidth * a.outChannels << 2));
  }
}

function gatherRow(a: ConvolutionArgs, lists: InputLists, y: usize): void {
  const pixelBytes = a.kernelHeight * a.channels * a.outStride << 2;
  const starts = lists.mergedStarts, valuesAt = lists.mergedValuesAt, binary = lists.binary != 0;
  for (let c = 0; c < a.outChannels; ) {
    const left = a.outChannels - c;
    const block = left >= 32 ? 32 : left >= 16 ? 16 : left >= 8 ? 8 : 4;
    let target = y + (c << 2);
    for (let column = 0; column < a.outWidth; column++) {
      const x0 = column * a.stride - a.padding;
      const from = min(a.width, max(0, x0));
      const begin: usize = load<u32>(starts + (from << 2));
      const end: usize = load<u32>(starts + (max(from, min(a.width, x0 + a.kernelWidth)) << 2));
      const rows = a.gatherFilter + (c << 2) - x0 * pixelBytes;
      if (block == 32) gather32(target, begin, end, rows, valuesAt, binary);
      else if (block == 16) gather16(target, begin, end, rows, valuesAt, binary);
      else if (block == 8) gather8(target, begin, end, rows, valuesAt, binary);
      else gather4(target, begin, end, rows, valuesAt, binary, min(left, 4));
      target += a.outChannels << 2;
    }
    c += block;
  }
}

function denseBand(
  a: ConvolutionArgs,
  image: i32,
  first: i32,
  last: i32,
  top: i32,
  bottom: i32,
  scratch: usize,
): void {
  const paddedWidth = (a.outWidth - 1) * a.stride + a.kernelWidth;
  const rowFloats = paddedWidth * a.channels;
  const rowStart = first * a.stride - a.padding;
  const paddedRows = (last - 1 - first) * a.stride + a.kernelHeight;
  const source = a.x + ((image * a.height * a.width * a.channels) << 2);
  for (let r = 0; r < paddedRows; r++) {
    const target = scratch + ((r * rowFloats) << 2);
    const row = rowStart + r;
    if (row < top || row >= bottom) {
      zeroFloats(target, rowFloats);
    } else {
      padRow(a, source + ((row * a.width * a.channels) << 2), target, paddedWidth);
    }
  }
  for (let row = first; row < last; row++) {
    const x = scratch + (((row - first) * a.stride * rowFloats) << 2);
    const y = a.y + (((image * a.outHeight + row) * a.outWidth * a.outChannels) << 2);
    denseRow(
      x,
      (a.stride * a.channels) << 2,
      rowFloats << 2,
      a.kernelWidth * a.channels,
      a.kernelHeight,
      a.filter,
      a.outStride,
      y,
      a.outWidth,
      a.outChannels,
    );
  }
}

/** Copies one input row behind `padding` zero pixels and fills up to paddedWidth pixels. */
function padRow(a: ConvolutionArgs, source: usize, target: usize, paddedWidth: i32): void {
  const left = min(a.padding, paddedWidth);
  const copied = min(a.width, paddedWidth - left);
  const right = paddedWidth - left - copied;
  zeroFloats(target, left * a.channels);
  copyFloats(target + ((left * a.channels) << 2), source, copied * a.channels);
  zeroFloats(target + (((left + copied) * a.channels) << 2), right * a.channels);
}

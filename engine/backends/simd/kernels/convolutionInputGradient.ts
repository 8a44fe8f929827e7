import { ConvolutionArgs } from './convolutionArgs';
import { denseRow } from './dense';
import { spreadGradient } from './spread';
import { pieceStart } from './vector';

/** One chunk of the input gradient: a dense convolution of the spread output gradient with the flipped filter. */
export function convolutionInputGradient(args: usize, chunk: i32, scratch: usize): void {
  const a = changetype<ConvolutionArgs>(args);
  const total = a.images * a.height;
  let row = pieceStart(total, a.chunks, chunk);
  const end = pieceStart(total, a.chunks, chunk + 1);
  while (row < end) {
    const image = row / a.height;
    const first = row - image * a.height;
    const last = min(min(first + a.bandRows, a.height), first + end - row);
    gradientBand(a, image, first, last, scratch);
    row += last - first;
  }
}

function gradientBand(a: ConvolutionArgs, image: i32, first: i32, last: i32, scratch: usize): void {
  spreadGradient(a, image, first, last + a.kernelHeight - 1, scratch);
  const xStride = ((a.width + a.kernelWidth - 1) * a.outStride) << 2;
  for (let row = first; row < last; row++) {
    const target = a.x + (((image * a.height + row) * a.width * a.channels) << 2);
    denseRow(
      scratch + (row - first) * xStride,
      a.outStride << 2,
      xStride,
      a.kernelWidth * a.outStride,
      a.kernelHeight,
      a.filter,
      a.channelStride,
      target,
      a.width,
      a.channels,
    );
  }
}

import { ConvolutionArgs } from './convolutionArgs';
import { copyFloats, zeroFloats } from './vector';

/**
 * Rows [first, last) of the output gradient of one image on the grid of the input gradient: padded grid row
 * r * stride + kernelHeight - 1 - padding holds row r, everything else is 0; columns alike. Each pixel has
 * outStride floats. The grid is width + kernelWidth - 1 pixels wide.
 */
export function spreadGradient(a: ConvolutionArgs, image: i32, first: i32, last: i32, target: usize): void {
  spreadRows(a, image, first, last, target, a.width + a.kernelWidth - 1);
}

/** The same on a grid of another width. */
export function spreadRows(
  a: ConvolutionArgs, image: i32, first: i32, last: i32, target: usize, gridWidth: i32,
): void {
  const rowFloats = gridWidth * a.outStride;
  const source = a.y + ((image * a.outHeight * a.outWidth * a.outChannels) << 2);
  for (let row = first; row < last; row++) {
    const offset = row - (a.kernelHeight - 1 - a.padding);
    const r = offset / a.stride;
    if (offset < 0 || r * a.stride != offset || r >= a.outHeight) {
      zeroFloats(target, rowFloats);
    } else {
      spreadRow(a, source + ((r * a.outWidth * a.outChannels) << 2), target, gridWidth);
    }
    target += rowFloats << 2;
  }
}

function spreadRow(a: ConvolutionArgs, source: usize, target: usize, gridWidth: i32): void {
  const margin = a.kernelWidth - 1 - a.padding;
  const pixel = a.outStride << 2;
  if (margin >= 0 && a.stride == 1 && a.outStride == a.outChannels) {
    zeroFloats(target, margin * a.outStride);
    copyFloats(target + margin * pixel, source, a.outWidth * a.outChannels);
    const used = margin + a.outWidth;
    zeroFloats(target + used * pixel, (gridWidth - used) * a.outStride);
    return;
  }
  zeroFloats(target, gridWidth * a.outStride);
  for (let column = 0; column < a.outWidth; column++) {
    const position = column * a.stride + margin;
    if (position >= 0 && position < gridWidth) {
      copyFloats(target + position * pixel, source + ((column * a.outChannels) << 2), a.outChannels);
    }
  }
}

/**
 * The grid of spreadGradient cut into blocks of `block` output channels: block b lies at target + b * blockBytes,
 * with `block` floats per pixel.
 */
export function spreadBlocks(
  a: ConvolutionArgs, image: i32, first: i32, last: i32, target: usize, block: i32, blockBytes: i32,
): void {
  const gridWidth = a.width + a.kernelWidth - 1;
  const margin = a.kernelWidth - 1 - a.padding;
  const source = a.y + (image * a.outHeight * a.outWidth * a.outChannels << 2);
  const pixel = block << 2;
  for (let o = 0; o < a.outChannels; o += block) {
    const lanes = min(block, a.outChannels - o);
    let to = target;
    for (let row = first; row < last; row++) {
      const offset = row - (a.kernelHeight - 1 - a.padding);
      const r = offset / a.stride;
      const inside = offset >= 0 && r * a.stride == offset && r < a.outHeight;
      if (!inside || a.stride > 1 || lanes < block || margin < 0) {
        zeroFloats(to, gridWidth * block);
      } else {
        zeroFloats(to, margin * block);
        zeroFloats(to + (margin + a.outWidth) * pixel, (gridWidth - margin - a.outWidth) * block);
      }
      if (inside) {
        spreadPixels(a, source + ((r * a.outWidth * a.outChannels + o) << 2), to, margin, gridWidth, block, lanes);
      }
      to += gridWidth * pixel;
    }
    target += blockBytes;
  }
}

function spreadPixels(
  a: ConvolutionArgs, source: usize, target: usize, margin: i32, gridWidth: i32, block: i32, lanes: i32,
): void {
  const step = a.stride * block << 2;
  let to = target + (margin * block << 2);
  for (let column = 0; column < a.outWidth; column++) {
    const position = column * a.stride + margin;
    if (position >= 0 && position < gridWidth) {
      if (lanes == block) copyBlock(to, source, block);
      else copyFloats(to, source, lanes);
    }
    to += step;
    source += a.outChannels << 2;
  }
}

// @ts-ignore: decorator
@inline
function copyBlock(target: usize, source: usize, block: i32): void {
  v128.store(target, v128.load(source));
  if (block == 4) return;
  v128.store(target, v128.load(source, 16), 16);
}

import { madd, storeLanes } from './vector';

/**
 * Dense convolution of one output row on zero-padded input. The inputs of a pixel under one kernel row are
 * contiguous, so a kernel row is a matrix product: windows of `run` floats with `run` weight rows.
 * - x: the padded input row under kernel row 0; pixelStep bytes between windows, xStride bytes between rows.
 * - weights: rows of `outStride` floats, run rows per kernel row.
 */
export function denseRow(
  x: usize, pixelStep: i32, xStride: i32, run: i32, kernelRows: i32,
  weights: usize, outStride: i32, y: usize, width: i32, outChannels: i32,
): void {
  for (let c = 0; c < outChannels; c += 8) {
    const lanes = min(outChannels - c, 8);
    const w = weights + (c << 2);
    if (width < 4) {
      for (let px = 0; px < width; px++) {
        for (let half = 0; half < lanes; half += 4) {
          densePixel(x + px * pixelStep, xStride, run, kernelRows, w + (half << 2), outStride,
            y + ((px * outChannels + c + half) << 2), lanes - half);
        }
      }
      continue;
    }
    for (let start = 0; start < width; start += 4) {
      const px = min(start, width - 4);
      const target = y + ((px * outChannels + c) << 2);
      if (lanes > 4) {
        denseTile4x8(x + px * pixelStep, pixelStep, xStride, run, kernelRows, w, outStride, target, outChannels, lanes);
      } else {
        denseTile4x4(x + px * pixelStep, pixelStep, xStride, run, kernelRows, w, outStride, target, outChannels, lanes);
      }
    }
  }
}

function densePixel(
  x: usize, xStride: i32, run: i32, kernelRows: i32, w: usize, outStride: i32, y: usize, lanes: i32,
): void {
  let sum = f32x4.splat(0);
  const step = outStride << 2;
  for (let ky = 0; ky < kernelRows; ky++) {
    const end = x + (run << 2);
    for (let p = x; p < end; p += 4) {
      sum = madd(v128.load32_splat(p), v128.load(w), sum);
      w += step;
    }
    x += xStride;
  }
  storeLanes(y, sum, lanes);
}

function denseTile4x8(
  x: usize, pixelStep: i32, xStride: i32, run: i32, kernelRows: i32,
  w: usize, outStride: i32, y: usize, outChannels: i32, lanes: i32,
): void {
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, b0 = zero, b1 = zero, c0 = zero, c1 = zero, d0 = zero, d1 = zero;
  const step = outStride << 2;
  for (let ky = 0; ky < kernelRows; ky++) {
    let p0 = x;
    let p1 = p0 + pixelStep;
    let p2 = p1 + pixelStep;
    let p3 = p2 + pixelStep;
    const end = x + (run << 2);
    for (; p0 < end; p0 += 4) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      const x0 = v128.load32_splat(p0);
      a0 = madd(x0, w0, a0);
      a1 = madd(x0, w1, a1);
      const x1 = v128.load32_splat(p1);
      b0 = madd(x1, w0, b0);
      b1 = madd(x1, w1, b1);
      const x2 = v128.load32_splat(p2);
      c0 = madd(x2, w0, c0);
      c1 = madd(x2, w1, c1);
      const x3 = v128.load32_splat(p3);
      d0 = madd(x3, w0, d0);
      d1 = madd(x3, w1, d1);
      w += step;
      p1 += 4;
      p2 += 4;
      p3 += 4;
    }
    x += xStride;
  }
  const row = outChannels << 2;
  storePair(y, a0, a1, lanes);
  storePair(y + row, b0, b1, lanes);
  storePair(y + row * 2, c0, c1, lanes);
  storePair(y + row * 3, d0, d1, lanes);
}

// @ts-ignore: decorator
@inline
function storePair(y: usize, low: v128, high: v128, lanes: i32): void {
  v128.store(y, low);
  storeLanes(y + 16, high, lanes - 4);
}

function denseTile4x4(
  x: usize, pixelStep: i32, xStride: i32, run: i32, kernelRows: i32,
  w: usize, outStride: i32, y: usize, outChannels: i32, lanes: i32,
): void {
  const zero = f32x4.splat(0);
  let a = zero, b = zero, c = zero, d = zero;
  const step = outStride << 2;
  for (let ky = 0; ky < kernelRows; ky++) {
    const end = x + (run << 2);
    for (let p = x; p < end; p += 4) {
      const weights = v128.load(w);
      a = madd(v128.load32_splat(p), weights, a);
      b = madd(v128.load32_splat(p + pixelStep), weights, b);
      c = madd(v128.load32_splat(p + pixelStep * 2), weights, c);
      d = madd(v128.load32_splat(p + pixelStep * 3), weights, d);
      w += step;
    }
    x += xStride;
  }
  const row = outChannels << 2;
  storeLanes(y, a, lanes);
  storeLanes(y + row, b, lanes);
  storeLanes(y + row * 2, c, lanes);
  storeLanes(y + row * 3, d, lanes);
}

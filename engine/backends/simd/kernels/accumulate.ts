import { ConvolutionArgs } from './convolutionArgs';
import { madd } from './vector';

/**
 * Filter gradient of one input channel: the rows of the spread output gradient are added up over the list of the
 * channel's nonzero inputs. An entry is the byte offset of the input's position on the grid of spread.ts, its value
 * lies valuesAt bytes behind it (1 everywhere if binary).
 */
export function accumulateChannel(
  a: ConvolutionArgs, channel: i32, list: usize, end: usize, valuesAt: usize, binary: bool, dy: usize, target: usize,
): void {
  const pixel = a.outStride << 2;
  const gridRow = (a.width + a.kernelWidth - 1) * pixel;
  const tapStride = a.channels * pixel;
  for (let ky = 0; ky < a.kernelHeight; ky++) {
    const rowTarget = target + (ky * a.kernelWidth * a.channels + channel) * pixel;
    const rowGradient = dy + (a.kernelHeight - 1 - ky) * gridRow;
    let kx = a.kernelWidth - 1;
    for (; kx >= 2; kx -= 3) {
      const p = rowGradient + (a.kernelWidth - 1 - kx) * pixel;
      accumulateTaps3(list, end, valuesAt, binary, p, a.outStride, rowTarget + kx * tapStride, tapStride);
    }
    for (; kx >= 0; kx--) {
      const p = rowGradient + (a.kernelWidth - 1 - kx) * pixel;
      accumulateTap(list, end, valuesAt, binary, p, a.outStride, rowTarget + kx * tapStride);
    }
  }
}

// Grid column c + k belongs to kernel column kernelWidth - 1 - k: the targets of the 3 columns descend.
function accumulateTaps3(
  list: usize, end: usize, valuesAt: usize, binary: bool, dy: usize, outStride: i32, target: usize, tapStride: i32,
): void {
  const pixel = outStride << 2;
  let c = 0;
  for (; c + 16 <= outStride; c += 16) {
    taps3x16(list, end, valuesAt, binary, dy + (c << 2), pixel, target + (c << 2), tapStride);
  }
  for (; c + 8 <= outStride; c += 8) {
    taps3x8(list, end, valuesAt, binary, dy + (c << 2), pixel, target + (c << 2), tapStride);
  }
  for (; c < outStride; c += 4) {
    taps3x4(list, end, valuesAt, binary, dy + (c << 2), pixel, target + (c << 2), tapStride);
  }
}

function accumulateTap(
  list: usize, end: usize, valuesAt: usize, binary: bool, dy: usize, outStride: i32, target: usize,
): void {
  let c = 0;
  for (; c + 32 <= outStride; c += 32) {
    tap1x32(list, end, valuesAt, binary, dy + (c << 2), 0, target + (c << 2), 0);
  }
  for (; c < outStride; c += 4) {
    tap1x4(list, end, valuesAt, binary, dy + (c << 2), 0, target + (c << 2), 0);
  }
}

// @ts-ignore: decorator
@inline
function addTo(target: usize, value: v128): void {
  v128.store(target, f32x4.add(v128.load(target), value));
}

/** Three kernel columns, 16 output channels. */
function taps3x16(list: usize, end: usize, valuesAt: usize, binary: bool, dy: usize, pixel: i32, target: usize, tapStride: i32): void {
  const zero = f32x4.splat(0);
  let a00 = zero, a01 = zero, a02 = zero, a03 = zero, a10 = zero, a11 = zero, a12 = zero, a13 = zero, a20 = zero, a21 = zero, a22 = zero, a23 = zero;
  if (binary) {
    for (let q = list; q < end; q += 4) {
      const p0 = dy + load<u32>(q);
      const p1 = p0 + pixel;
      const p2 = p1 + pixel;
      a00 = f32x4.add(a00, v128.load(p0));
      a01 = f32x4.add(a01, v128.load(p0, 16));
      a02 = f32x4.add(a02, v128.load(p0, 32));
      a03 = f32x4.add(a03, v128.load(p0, 48));
      a10 = f32x4.add(a10, v128.load(p1));
      a11 = f32x4.add(a11, v128.load(p1, 16));
      a12 = f32x4.add(a12, v128.load(p1, 32));
      a13 = f32x4.add(a13, v128.load(p1, 48));
      a20 = f32x4.add(a20, v128.load(p2));
      a21 = f32x4.add(a21, v128.load(p2, 16));
      a22 = f32x4.add(a22, v128.load(p2, 32));
      a23 = f32x4.add(a23, v128.load(p2, 48));
    }
  } else {
    for (let q = list; q < end; q += 4) {
      const p0 = dy + load<u32>(q);
      const p1 = p0 + pixel;
      const p2 = p1 + pixel;
      const value = v128.load32_splat(q + valuesAt);
      a00 = madd(value, v128.load(p0), a00);
      a01 = madd(value, v128.load(p0, 16), a01);
      a02 = madd(value, v128.load(p0, 32), a02);
      a03 = madd(value, v128.load(p0, 48), a03);
      a10 = madd(value, v128.load(p1), a10);
      a11 = madd(value, v128.load(p1, 16), a11);
      a12 = madd(value, v128.load(p1, 32), a12);
      a13 = madd(value, v128.load(p1, 48), a13);
      a20 = madd(value, v128.load(p2), a20);
      a21 = madd(value, v128.load(p2, 16), a21);
      a22 = madd(value, v128.load(p2, 32), a22);
      a23 = madd(value, v128.load(p2, 48), a23);
    }
  }
  addTo(target, a00);
  addTo(target + 16, a01);
  addTo(target + 32, a02);
  addTo(target + 48, a03);
  addTo(target - tapStride, a10);
  addTo(target - tapStride + 16, a11);
  addTo(target - tapStride + 32, a12);
  addTo(target - tapStride + 48, a13);
  addTo(target - tapStride * 2, a20);
  addTo(target - tapStride * 2 + 16, a21);
  addTo(target - tapStride * 2 + 32, a22);
  addTo(target - tapStride * 2 + 48, a23);
}

/** Three kernel columns, 8 output channels. */
function taps3x8(list: usize, end: usize, valuesAt: usize, binary: bool, dy: usize, pixel: i32, target: usize, tapStride: i32): void {
  const zero = f32x4.splat(0);
  let a00 = zero, a01 = zero, a10 = zero, a11 = zero, a20 = zero, a21 = zero;
  if (binary) {
    for (let q = list; q < end; q += 4) {
      const p0 = dy + load<u32>(q);
      const p1 = p0 + pixel;
      const p2 = p1 + pixel;
      a00 = f32x4.add(a00, v128.load(p0));
      a01 = f32x4.add(a01, v128.load(p0, 16));
      a10 = f32x4.add(a10, v128.load(p1));
      a11 = f32x4.add(a11, v128.load(p1, 16));
      a20 = f32x4.add(a20, v128.load(p2));
      a21 = f32x4.add(a21, v128.load(p2, 16));
    }
  } else {
    for (let q = list; q < end; q += 4) {
      const p0 = dy + load<u32>(q);
      const p1 = p0 + pixel;
      const p2 = p1 + pixel;
      const value = v128.load32_splat(q + valuesAt);
      a00 = madd(value, v128.load(p0), a00);
      a01 = madd(value, v128.load(p0, 16), a01);
      a10 = madd(value, v128.load(p1), a10);
      a11 = madd(value, v128.load(p1, 16), a11);
      a20 = madd(value, v128.load(p2), a20);
      a21 = madd(value, v128.load(p2, 16), a21);
    }
  }
  addTo(target, a00);
  addTo(target + 16, a01);
  addTo(target - tapStride, a10);
  addTo(target - tapStride + 16, a11);
  addTo(target - tapStride * 2, a20);
  addTo(target - tapStride * 2 + 16, a21);
}

/** Three kernel columns, 4 output channels. */
function taps3x4(list: usize, end: usize, valuesAt: usize, binary: bool, dy: usize, pixel: i32, target: usize, tapStride: i32): void {
  const zero = f32x4.splat(0);
  let a00 = zero, a10 = zero, a20 = zero;
  if (binary) {
    for (let q = list; q < end; q += 4) {
      const p0 = dy + load<u32>(q);
      const p1 = p0 + pixel;
      const p2 = p1 + pixel;
      a00 = f32x4.add(a00, v128.load(p0));
      a10 = f32x4.add(a10, v128.load(p1));
      a20 = f32x4.add(a20, v128.load(p2));
    }
  } else {
    for (let q = list; q < end; q += 4) {
      const p0 = dy + load<u32>(q);
      const p1 = p0 + pixel;
      const p2 = p1 + pixel;
      const value = v128.load32_splat(q + valuesAt);
      a00 = madd(value, v128.load(p0), a00);
      a10 = madd(value, v128.load(p1), a10);
      a20 = madd(value, v128.load(p2), a20);
    }
  }
  addTo(target, a00);
  addTo(target - tapStride, a10);
  addTo(target - tapStride * 2, a20);
}

/** One kernel column, 32 output channels. */
function tap1x32(list: usize, end: usize, valuesAt: usize, binary: bool, dy: usize, pixel: i32, target: usize, tapStride: i32): void {
  const zero = f32x4.splat(0);
  let a00 = zero, a01 = zero, a02 = zero, a03 = zero, a04 = zero, a05 = zero, a06 = zero, a07 = zero;
  if (binary) {
    for (let q = list; q < end; q += 4) {
      const p0 = dy + load<u32>(q);
      a00 = f32x4.add(a00, v128.load(p0));
      a01 = f32x4.add(a01, v128.load(p0, 16));
      a02 = f32x4.add(a02, v128.load(p0, 32));
      a03 = f32x4.add(a03, v128.load(p0, 48));
      a04 = f32x4.add(a04, v128.load(p0, 64));
      a05 = f32x4.add(a05, v128.load(p0, 80));
      a06 = f32x4.add(a06, v128.load(p0, 96));
      a07 = f32x4.add(a07, v128.load(p0, 112));
    }
  } else {
    for (let q = list; q < end; q += 4) {
      const p0 = dy + load<u32>(q);
      const value = v128.load32_splat(q + valuesAt);
      a00 = madd(value, v128.load(p0), a00);
      a01 = madd(value, v128.load(p0, 16), a01);
      a02 = madd(value, v128.load(p0, 32), a02);
      a03 = madd(value, v128.load(p0, 48), a03);
      a04 = madd(value, v128.load(p0, 64), a04);
      a05 = madd(value, v128.load(p0, 80), a05);
      a06 = madd(value, v128.load(p0, 96), a06);
      a07 = madd(value, v128.load(p0, 112), a07);
    }
  }
  addTo(target, a00);
  addTo(target + 16, a01);
  addTo(target + 32, a02);
  addTo(target + 48, a03);
  addTo(target + 64, a04);
  addTo(target + 80, a05);
  addTo(target + 96, a06);
  addTo(target + 112, a07);
}

/** One kernel column, 4 output channels. */
function tap1x4(list: usize, end: usize, valuesAt: usize, binary: bool, dy: usize, pixel: i32, target: usize, tapStride: i32): void {
  const zero = f32x4.splat(0);
  let a00 = zero;
  if (binary) {
    for (let q = list; q < end; q += 4) {
      const p0 = dy + load<u32>(q);
      a00 = f32x4.add(a00, v128.load(p0));
    }
  } else {
    for (let q = list; q < end; q += 4) {
      const p0 = dy + load<u32>(q);
      const value = v128.load32_splat(q + valuesAt);
      a00 = madd(value, v128.load(p0), a00);
    }
  }
  addTo(target, a00);
}

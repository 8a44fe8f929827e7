import { madd } from './vector';

/**
 * Filter gradient of one input channel and one block of output channels: the output gradient's blocks are added up
 * over the list of the channel's nonzero inputs. An entry is the byte offset of the input's position on the grid of
 * blocks, its value lies valuesAt bytes behind it (1 everywhere if binary). Grid column c + k belongs to kernel
 * column kernelWidth - 1 - k, so the targets of neighbouring columns descend by tapStride.
 * - gradient: the grid row of the kernel row at hand; `block` is 8 or 4 output channels.
 * - target: the filter row of the last kernel column.
 *
 * Blocks are narrow on purpose: V8 moves all loads of a loop body before the additions, so sums and loaded vectors
 * together must fit the 15 registers.
 */
export function accumulateKernelRow(
  list: usize, end: usize, valuesAt: usize, binary: bool, gradient: usize, block: i32, kernelWidth: i32,
  target: usize, tapStride: i32,
): void {
  let taps = kernelWidth;
  for (; taps >= 3; taps -= 3) {
    if (block == 8) taps3x8(list, end, valuesAt, binary, gradient, target, tapStride);
    else taps3x4(list, end, valuesAt, binary, gradient, target, tapStride);
    gradient += block * 12;
    target -= tapStride * 3;
  }
  for (; taps > 0; taps--) {
    if (block == 8) taps1x8(list, end, valuesAt, binary, gradient, target, 0);
    else taps1x4(list, end, valuesAt, binary, gradient, target, 0);
    gradient += block * 4;
    target -= tapStride;
  }
}

// @ts-ignore: decorator
@inline
function addTo(target: usize, value: v128): void {
  v128.store(target, f32x4.add(v128.load(target), value));
}

function taps3x8(list: usize, end: usize, valuesAt: usize, binary: bool, gradient: usize, target: usize, tapStride: i32): void {
  const zero = f32x4.splat(0);
  let a00 = zero, a01 = zero, a10 = zero, a11 = zero, a20 = zero, a21 = zero;
  if (binary) {
    for (let q = list; q < end; q += 4) {
      const p = gradient + load<u32>(q);
      a00 = f32x4.add(a00, v128.load(p));
      a01 = f32x4.add(a01, v128.load(p, 16));
      a10 = f32x4.add(a10, v128.load(p, 32));
      a11 = f32x4.add(a11, v128.load(p, 48));
      a20 = f32x4.add(a20, v128.load(p, 64));
      a21 = f32x4.add(a21, v128.load(p, 80));
    }
  } else {
    for (let q = list; q < end; q += 4) {
      const p = gradient + load<u32>(q);
      const value = v128.load32_splat(q + valuesAt);
      a00 = madd(value, v128.load(p), a00);
      a01 = madd(value, v128.load(p, 16), a01);
      a10 = madd(value, v128.load(p, 32), a10);
      a11 = madd(value, v128.load(p, 48), a11);
      a20 = madd(value, v128.load(p, 64), a20);
      a21 = madd(value, v128.load(p, 80), a21);
    }
  }
  addTo(target, a00);
  addTo(target + 16, a01);
  target -= tapStride;
  addTo(target, a10);
  addTo(target + 16, a11);
  target -= tapStride;
  addTo(target, a20);
  addTo(target + 16, a21);
}

function taps3x4(list: usize, end: usize, valuesAt: usize, binary: bool, gradient: usize, target: usize, tapStride: i32): void {
  const zero = f32x4.splat(0);
  let a00 = zero, a10 = zero, a20 = zero;
  if (binary) {
    for (let q = list; q < end; q += 4) {
      const p = gradient + load<u32>(q);
      a00 = f32x4.add(a00, v128.load(p));
      a10 = f32x4.add(a10, v128.load(p, 16));
      a20 = f32x4.add(a20, v128.load(p, 32));
    }
  } else {
    for (let q = list; q < end; q += 4) {
      const p = gradient + load<u32>(q);
      const value = v128.load32_splat(q + valuesAt);
      a00 = madd(value, v128.load(p), a00);
      a10 = madd(value, v128.load(p, 16), a10);
      a20 = madd(value, v128.load(p, 32), a20);
    }
  }
  addTo(target, a00);
  target -= tapStride;
  addTo(target, a10);
  target -= tapStride;
  addTo(target, a20);
}

function taps1x8(list: usize, end: usize, valuesAt: usize, binary: bool, gradient: usize, target: usize, tapStride: i32): void {
  const zero = f32x4.splat(0);
  let a00 = zero, a01 = zero;
  if (binary) {
    for (let q = list; q < end; q += 4) {
      const p = gradient + load<u32>(q);
      a00 = f32x4.add(a00, v128.load(p));
      a01 = f32x4.add(a01, v128.load(p, 16));
    }
  } else {
    for (let q = list; q < end; q += 4) {
      const p = gradient + load<u32>(q);
      const value = v128.load32_splat(q + valuesAt);
      a00 = madd(value, v128.load(p), a00);
      a01 = madd(value, v128.load(p, 16), a01);
    }
  }
  addTo(target, a00);
  addTo(target + 16, a01);
}

function taps1x4(list: usize, end: usize, valuesAt: usize, binary: bool, gradient: usize, target: usize, tapStride: i32): void {
  const zero = f32x4.splat(0);
  let a00 = zero;
  if (binary) {
    for (let q = list; q < end; q += 4) {
      const p = gradient + load<u32>(q);
      a00 = f32x4.add(a00, v128.load(p));
    }
  } else {
    for (let q = list; q < end; q += 4) {
      const p = gradient + load<u32>(q);
      const value = v128.load32_splat(q + valuesAt);
      a00 = madd(value, v128.load(p), a00);
    }
  }
  addTo(target, a00);
}

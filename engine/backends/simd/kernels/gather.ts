import { madd, storeLanes } from './vector';

/**
 * One output pixel from the list [begin, end) of the nonzero inputs under its window: the weight rows of the inputs
 * are added up in registers. An entry is the byte offset of a weight row from `rows`; its value lies valuesAt bytes
 * behind it (1 everywhere if binary).
 */

/**
 * The sums of 32 output channels. The stores inside the loops keep V8 from moving all loads of the loop body before
 * the additions: 8 sums and 8 loaded vectors would not fit the 15 registers.
 */
// @ts-ignore: decorator
@inline
export function gather32(y: usize, begin: usize, end: usize, rows: usize, valuesAt: usize, binary: bool): void {
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero;
  if (binary) {
    for (let q = begin; q < end; q += 4) {
      const p = rows + load<u32>(q);
      a0 = f32x4.add(a0, v128.load(p));
      v128.store(y, a0);
      a1 = f32x4.add(a1, v128.load(p, 16));
      a2 = f32x4.add(a2, v128.load(p, 32));
      a3 = f32x4.add(a3, v128.load(p, 48));
      a4 = f32x4.add(a4, v128.load(p, 64));
      a5 = f32x4.add(a5, v128.load(p, 80));
      a6 = f32x4.add(a6, v128.load(p, 96));
      a7 = f32x4.add(a7, v128.load(p, 112));
    }
  } else {
    for (let q = begin; q < end; q += 4) {
      const p = rows + load<u32>(q);
      const value = v128.load32_splat(q + valuesAt);
      a0 = madd(value, v128.load(p), a0);
      v128.store(y, a0);
      a1 = madd(value, v128.load(p, 16), a1);
      v128.store(y, a1, 16);
      a2 = madd(value, v128.load(p, 32), a2);
      a3 = madd(value, v128.load(p, 48), a3);
      a4 = madd(value, v128.load(p, 64), a4);
      a5 = madd(value, v128.load(p, 80), a5);
      a6 = madd(value, v128.load(p, 96), a6);
      a7 = madd(value, v128.load(p, 112), a7);
    }
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
  v128.store(y, a5, 80);
  v128.store(y, a6, 96);
  v128.store(y, a7, 112);
}

/** The sums of 16 output channels. */
// @ts-ignore: decorator
@inline
export function gather16(y: usize, begin: usize, end: usize, rows: usize, valuesAt: usize, binary: bool): void {
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
  if (binary) {
    for (let q = begin; q < end; q += 4) {
      const p = rows + load<u32>(q);
      a0 = f32x4.add(a0, v128.load(p));
      a1 = f32x4.add(a1, v128.load(p, 16));
      a2 = f32x4.add(a2, v128.load(p, 32));
      a3 = f32x4.add(a3, v128.load(p, 48));
    }
  } else {
    for (let q = begin; q < end; q += 4) {
      const p = rows + load<u32>(q);
      const value = v128.load32_splat(q + valuesAt);
      a0 = madd(value, v128.load(p), a0);
      a1 = madd(value, v128.load(p, 16), a1);
      a2 = madd(value, v128.load(p, 32), a2);
      a3 = madd(value, v128.load(p, 48), a3);
    }
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
}

/** The sums of 8 output channels. */
// @ts-ignore: decorator
@inline
export function gather8(y: usize, begin: usize, end: usize, rows: usize, valuesAt: usize, binary: bool): void {
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero;
  if (binary) {
    for (let q = begin; q < end; q += 4) {
      const p = rows + load<u32>(q);
      a0 = f32x4.add(a0, v128.load(p));
      a1 = f32x4.add(a1, v128.load(p, 16));
    }
  } else {
    for (let q = begin; q < end; q += 4) {
      const p = rows + load<u32>(q);
      const value = v128.load32_splat(q + valuesAt);
      a0 = madd(value, v128.load(p), a0);
      a1 = madd(value, v128.load(p, 16), a1);
    }
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
}

/** The sums of up to 4 output channels. */
// @ts-ignore: decorator
@inline
export function gather4(
  y: usize, begin: usize, end: usize, rows: usize, valuesAt: usize, binary: bool, lanes: i32,
): void {
  let sum = f32x4.splat(0);
  for (let q = begin; q < end; q += 4) {
    const row = v128.load(rows + load<u32>(q));
    sum = binary ? f32x4.add(sum, row) : madd(v128.load32_splat(q + valuesAt), row, sum);
  }
  storeLanes(y, sum, lanes);
}

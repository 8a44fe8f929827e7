import { madd } from './vector';

/**
 * y [rows, columns] = x [rows, inner] w [inner, columns], or y += with `accumulate`; columns is a multiple of 4.
 * Meant for operands that fit the caches. The loops are not unrolled: V8 moves all loads of a loop body to its
 * front, and sums and loaded vectors together must fit the 15 registers.
 */
export function product(x: usize, w: usize, y: usize, rows: i32, inner: i32, columns: i32, accumulate: bool): void {
  const xRow = inner << 2;
  const yRow = columns << 2;
  for (let column = 0; column < columns; column += 8) {
    const offset = column << 2;
    const wide = columns - column >= 8;
    let row = 0;
    for (; row + 4 <= rows; row += 4) {
      if (wide) product4x8(x + row * xRow, w + offset, y + row * yRow + offset, inner, columns, accumulate);
      else product4x4(x + row * xRow, w + offset, y + row * yRow + offset, inner, columns, accumulate);
    }
    for (; row < rows; row++) {
      product1x4(x + row * xRow, w + offset, y + row * yRow + offset, inner, columns, accumulate);
      if (wide) product1x4(x + row * xRow, w + offset + 16, y + row * yRow + offset + 16, inner, columns, accumulate);
    }
  }
}

function product4x8(x0: usize, w: usize, y: usize, inner: i32, columns: i32, accumulate: bool): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  const xRow = inner << 2;
  const step = columns << 2;
  const end = x0 + xRow;
  let x1 = x0 + xRow, x2 = x1 + xRow, x3 = x2 + xRow;
  for (; x0 < end; x0 += 4) {
    const low = v128.load(w);
    const high = v128.load(w, 16);
    const v0 = v128.load32_splat(x0);
    const v1 = v128.load32_splat(x1);
    const v2 = v128.load32_splat(x2);
    const v3 = v128.load32_splat(x3);
    a0 = madd(v0, low, a0);
    a1 = madd(v0, high, a1);
    b0 = madd(v1, low, b0);
    b1 = madd(v1, high, b1);
    c0 = madd(v2, low, c0);
    c1 = madd(v2, high, c1);
    d0 = madd(v3, low, d0);
    d1 = madd(v3, high, d1);
    w += step;
    x1 += 4;
    x2 += 4;
    x3 += 4;
  }
  storePair(y, a0, a1, accumulate);
  storePair(y + step, b0, b1, accumulate);
  storePair(y + step * 2, c0, c1, accumulate);
  storePair(y + step * 3, d0, d1, accumulate);
}

// @ts-ignore: decorator
@inline
function storePair(y: usize, low: v128, high: v128, accumulate: bool): void {
  storeSum(y, low, accumulate);
  storeSum(y + 16, high, accumulate);
}

// @ts-ignore: decorator
@inline
function storeSum(y: usize, sum: v128, accumulate: bool): void {
  v128.store(y, accumulate ? f32x4.add(v128.load(y), sum) : sum);
}

function product4x4(x: usize, w: usize, y: usize, inner: i32, columns: i32, accumulate: bool): void {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  const xRow = inner << 2;
  const step = columns << 2;
  const end = x + xRow;
  for (; x < end; x += 4) {
    const weights = v128.load(w);
    a = madd(v128.load32_splat(x), weights, a);
    b = madd(v128.load32_splat(x + xRow), weights, b);
    c = madd(v128.load32_splat(x + xRow * 2), weights, c);
    d = madd(v128.load32_splat(x + xRow * 3), weights, d);
    w += step;
  }
  storeSum(y, a, accumulate);
  storeSum(y + step, b, accumulate);
  storeSum(y + step * 2, c, accumulate);
  storeSum(y + step * 3, d, accumulate);
}

function product1x4(x: usize, w: usize, y: usize, inner: i32, columns: i32, accumulate: bool): void {
  let sum = f32x4.splat(0);
  const end = x + (inner << 2);
  for (; x < end; x += 4) {
    sum = madd(v128.load32_splat(x), v128.load(w), sum);
    w += columns << 2;
  }
  storeSum(y, sum, accumulate);
}

import { madd } from './vector';

/** Columns of a panel: a matrix [inner, columns] is stored as [columns / PANEL, inner, PANEL]. */
export const PANEL: i32 = 8;

/**
 * y [rows, columns] = x [rows, inner] w, or y += with `accumulate`. rows is a multiple of 4, columns of PANEL, and w
 * lies in panels. Meant for operands that fit the caches.
 */
export function product(x: usize, w: usize, y: usize, rows: i32, inner: i32, columns: i32, accumulate: bool): void {
  const xRow = inner << 2;
  const yRow = columns << 2;
  for (let column = 0; column < columns; column += PANEL) {
    for (let row = 0; row < rows; row += 4) {
      product4x8(x + row * xRow, w, y + row * yRow + (column << 2), inner, yRow, accumulate);
    }
    w += inner * PANEL * 4;
  }
}

// Not unrolled: V8 moves all loads of a loop body to its front, and sums and loaded vectors must fit 15 registers.
function product4x8(x0: usize, w: usize, y: usize, inner: i32, yRow: i32, accumulate: bool): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  const xRow = inner << 2;
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
    w += PANEL * 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
  }
  storePair(y, a0, a1, accumulate);
  storePair(y + yRow, b0, b1, accumulate);
  storePair(y + yRow * 2, c0, c1, accumulate);
  storePair(y + yRow * 3, d0, d1, accumulate);
}

// @ts-ignore: decorator
@inline
function storePair(y: usize, low: v128, high: v128, accumulate: bool): void {
  v128.store(y, accumulate ? f32x4.add(v128.load(y), low) : low);
  v128.store(y, accumulate ? f32x4.add(v128.load(y, 16), high) : high, 16);
}

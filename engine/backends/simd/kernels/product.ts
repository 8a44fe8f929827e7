import { madd } from './vector';

/**
 * y [rows, columns] = x [rows, inner] w [inner, columns]; inner and columns are multiples of 4. Meant for operands
 * that fit the caches.
 */
export function product(x: usize, w: usize, y: usize, rows: i32, inner: i32, columns: i32): void {
  const xRow = inner << 2;
  const yRow = columns << 2;
  for (let column = 0; column < columns; column += 8) {
    const offset = column << 2;
    const wide = columns - column >= 8;
    let row = 0;
    for (; row + 4 <= rows; row += 4) {
      if (wide) product4x8(x + row * xRow, w + offset, y + row * yRow + offset, inner, columns);
      else product4x4(x + row * xRow, w + offset, y + row * yRow + offset, inner, columns);
    }
    for (; row < rows; row++) {
      product1x4(x + row * xRow, w + offset, y + row * yRow + offset, inner, columns);
      if (wide) product1x4(x + row * xRow, w + offset + 16, y + row * yRow + offset + 16, inner, columns);
    }
  }
}

function product4x8(x0: usize, w: usize, y: usize, inner: i32, columns: i32): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  let low = a0, high = a0, value = a0;
  const xRow = inner << 2;
  const step = columns << 2;
  const end = x0 + xRow;
  let x1 = x0 + xRow, x2 = x1 + xRow, x3 = x2 + xRow;
  while (x0 < end) {
    low = v128.load(w);
    high = v128.load(w, 16);
    w += step;
    value = v128.load32_splat(x0);
    a0 = madd(value, low, a0);
    a1 = madd(value, high, a1);
    value = v128.load32_splat(x1);
    b0 = madd(value, low, b0);
    b1 = madd(value, high, b1);
    value = v128.load32_splat(x2);
    c0 = madd(value, low, c0);
    c1 = madd(value, high, c1);
    value = v128.load32_splat(x3);
    d0 = madd(value, low, d0);
    d1 = madd(value, high, d1);
    low = v128.load(w);
    high = v128.load(w, 16);
    w += step;
    value = v128.load32_splat(x0, 4);
    a0 = madd(value, low, a0);
    a1 = madd(value, high, a1);
    value = v128.load32_splat(x1, 4);
    b0 = madd(value, low, b0);
    b1 = madd(value, high, b1);
    value = v128.load32_splat(x2, 4);
    c0 = madd(value, low, c0);
    c1 = madd(value, high, c1);
    value = v128.load32_splat(x3, 4);
    d0 = madd(value, low, d0);
    d1 = madd(value, high, d1);
    low = v128.load(w);
    high = v128.load(w, 16);
    w += step;
    value = v128.load32_splat(x0, 8);
    a0 = madd(value, low, a0);
    a1 = madd(value, high, a1);
    value = v128.load32_splat(x1, 8);
    b0 = madd(value, low, b0);
    b1 = madd(value, high, b1);
    value = v128.load32_splat(x2, 8);
    c0 = madd(value, low, c0);
    c1 = madd(value, high, c1);
    value = v128.load32_splat(x3, 8);
    d0 = madd(value, low, d0);
    d1 = madd(value, high, d1);
    low = v128.load(w);
    high = v128.load(w, 16);
    w += step;
    value = v128.load32_splat(x0, 12);
    a0 = madd(value, low, a0);
    a1 = madd(value, high, a1);
    value = v128.load32_splat(x1, 12);
    b0 = madd(value, low, b0);
    b1 = madd(value, high, b1);
    value = v128.load32_splat(x2, 12);
    c0 = madd(value, low, c0);
    c1 = madd(value, high, c1);
    value = v128.load32_splat(x3, 12);
    d0 = madd(value, low, d0);
    d1 = madd(value, high, d1);
    x0 += 16;
    x1 += 16;
    x2 += 16;
    x3 += 16;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y + step, b0);
  v128.store(y + step, b1, 16);
  v128.store(y + step * 2, c0);
  v128.store(y + step * 2, c1, 16);
  v128.store(y + step * 3, d0);
  v128.store(y + step * 3, d1, 16);
}

function product4x4(x: usize, w: usize, y: usize, inner: i32, columns: i32): void {
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
  v128.store(y, a);
  v128.store(y + step, b);
  v128.store(y + step * 2, c);
  v128.store(y + step * 3, d);
}

function product1x4(x: usize, w: usize, y: usize, inner: i32, columns: i32): void {
  let sum = f32x4.splat(0);
  const end = x + (inner << 2);
  for (; x < end; x += 4) {
    sum = madd(v128.load32_splat(x), v128.load(w), sum);
    w += columns << 2;
  }
  v128.store(y, sum);
}

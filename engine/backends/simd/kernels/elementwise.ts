import { pieceStart } from './vector';

/**
 * y = a (operation) b with broadcasting: y has sizes outer x middle x rows x columns; the strides (in floats) of a
 * and b are 0 along broadcast axes, and along the columns 0 or 1. Chunks cut the rows of all axes, or the columns if
 * there is one row only.
 */
@unmanaged
class BinaryArgs {
  a: usize;
  b: usize;
  y: usize;
  operation: i32;
  outer: i32;
  middle: i32;
  rows: i32;
  columns: i32;
  outerStrideA: i32;
  middleStrideA: i32;
  rowStrideA: i32;
  columnStrideA: i32;
  outerStrideB: i32;
  middleStrideB: i32;
  rowStrideB: i32;
  columnStrideB: i32;
  chunks: i32;
}

export function binary(args: usize, chunk: i32): void {
  const p = changetype<BinaryArgs>(args);
  const total = p.outer * p.middle * p.rows;
  if (total == 1) {
    const first = pieceStart(p.columns, p.chunks, chunk);
    const count = pieceStart(p.columns, p.chunks, chunk + 1) - first;
    combineRow(p, p.a + (first * p.columnStrideA << 2), p.b + (first * p.columnStrideB << 2), p.y + (first << 2), count);
    return;
  }
  const end = pieceStart(total, p.chunks, chunk + 1);
  for (let row = pieceStart(total, p.chunks, chunk); row < end; row++) {
    const outerMiddle = row / p.rows;
    const outer = outerMiddle / p.middle;
    const middle = outerMiddle - outer * p.middle;
    const r = row - outerMiddle * p.rows;
    const a = p.a + ((outer * p.outerStrideA + middle * p.middleStrideA + r * p.rowStrideA) << 2);
    const b = p.b + ((outer * p.outerStrideB + middle * p.middleStrideB + r * p.rowStrideB) << 2);
    combineRow(p, a, b, p.y + (row * p.columns << 2), p.columns);
  }
}

function combineRow(p: BinaryArgs, a: usize, b: usize, y: usize, count: i32): void {
  switch (p.operation) {
    case 0: combine(p, a, b, y, count, 0); break;
    case 1: combine(p, a, b, y, count, 1); break;
    case 2: combine(p, a, b, y, count, 2); break;
    default: combine(p, a, b, y, count, 3);
  }
}

/** Operations: 0 add, 1 subtract, 2 multiply, 3 divide. */
// @ts-ignore: decorator
@inline
function apply(a: v128, b: v128, operation: i32): v128 {
  if (operation == 0) return f32x4.add(a, b);
  if (operation == 1) return f32x4.sub(a, b);
  if (operation == 2) return f32x4.mul(a, b);
  return f32x4.div(a, b);
}

// @ts-ignore: decorator
@inline
function combine(p: BinaryArgs, a: usize, b: usize, y: usize, count: i32, operation: i32): void {
  const stepA: usize = p.columnStrideA << 2, stepB: usize = p.columnStrideB << 2;
  const firstA = v128.load32_splat(a), firstB = v128.load32_splat(b);
  const full = count & ~3;
  let i = 0;
  if (stepA != 0 && stepB != 0) {
    for (; i < full; i += 4) v128.store(y + (i << 2), apply(v128.load(a + (i << 2)), v128.load(b + (i << 2)), operation));
  } else if (stepA != 0) {
    for (; i < full; i += 4) v128.store(y + (i << 2), apply(v128.load(a + (i << 2)), firstB, operation));
  } else {
    for (; i < full; i += 4) {
      const right = stepB != 0 ? v128.load(b + (i << 2)) : firstB;
      v128.store(y + (i << 2), apply(firstA, right, operation));
    }
  }
  for (; i < count; i++) {
    const left = v128.load32_splat(a + stepA * i), right = v128.load32_splat(b + stepB * i);
    store<f32>(y + (i << 2), f32x4.extract_lane(apply(left, right, operation), 0));
  }
}

@unmanaged
class SumArgs {
  x: usize;
  /** float64 partial sums [pieces, kept]. */
  partials: usize;
  reduced: i32;
  kept: i32;
  /** Pieces that the reduced axis is cut into; a chunk is one piece of one run of kept values. */
  pieces: i32;
  /** Chunks along the kept axis. */
  runs: i32;
}

/** Values added up in float32 before the sum goes to float64. */
const BLOCK: i32 = 64;

/** x [kept, reduced] -> sums along the rows. */
export function sumRows(args: usize, chunk: i32): void {
  const p = changetype<SumArgs>(args);
  const run = chunk / p.pieces, piece = chunk - run * p.pieces;
  const first = pieceStart(p.reduced, p.pieces, piece);
  const count = pieceStart(p.reduced, p.pieces, piece + 1) - first;
  const end = pieceStart(p.kept, p.runs, run + 1);
  for (let row = pieceStart(p.kept, p.runs, run); row < end; row++) {
    const sum = sumOf(p.x + ((<usize>row * p.reduced + first) << 2), count);
    store<f64>(p.partials + ((piece * p.kept + row) << 3), sum);
  }
}

function sumOf(x: usize, count: i32): f64 {
  let total: f64 = 0;
  let i = 0;
  while (i + 16 <= count) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    const last = min(count & ~15, i + BLOCK * 4);
    for (; i < last; i += 16) {
      const p = x + (i << 2);
      s0 = f32x4.add(s0, v128.load(p));
      s1 = f32x4.add(s1, v128.load(p, 16));
      s2 = f32x4.add(s2, v128.load(p, 32));
      s3 = f32x4.add(s3, v128.load(p, 48));
    }
    const s = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
    total += <f64>f32x4.extract_lane(s, 0) + <f64>f32x4.extract_lane(s, 1);
    total += <f64>f32x4.extract_lane(s, 2) + <f64>f32x4.extract_lane(s, 3);
  }
  for (; i < count; i++) total += <f64>load<f32>(x + (i << 2));
  return total;
}

/** x [reduced, kept] -> sums along the columns. */
export function sumColumns(args: usize, chunk: i32): void {
  const p = changetype<SumArgs>(args);
  const run = chunk / p.pieces, piece = chunk - run * p.pieces;
  const first = pieceStart(p.reduced, p.pieces, piece);
  const last = pieceStart(p.reduced, p.pieces, piece + 1);
  const end = pieceStart(p.kept, p.runs, run + 1);
  const rowBytes: usize = p.kept << 2;
  for (let column = pieceStart(p.kept, p.runs, run); column < end; column++) {
    let sum: f64 = 0;
    let x = p.x + ((<usize>first * p.kept + column) << 2);
    for (let row = first; row < last; row++) {
      sum += <f64>load<f32>(x);
      x += rowBytes;
    }
    store<f64>(p.partials + ((piece * p.kept + column) << 3), sum);
  }
}

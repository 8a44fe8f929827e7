import { madd, pieceStart } from './vector';

/**
 * BatchNorm per slice. x has groups * rows rows of `channels` floats; each group is cut into `pieces` runs of rows:
 * chunk = group * pieces + piece.
 */
@unmanaged
class BatchNormArgs {
  x: usize;
  y: usize;
  /** Normalise: unused. Gradient: dy. */
  gradient: usize;
  rows: i32;
  channels: i32;
  pieces: i32;
  /** float64 sums [chunks, 2, channels]: of x and x^2, or of dy and dy (x - mean). */
  sums: usize;
  /**
   * float32 coefficients [groups, 4, channels].
   * Normalise: mean, scale, shift: y = (x - mean) * scale + shift.
   * Gradient: mean, a, b, c: dx = a dy + b (x - mean) + c.
   */
  coefficients: usize;
}

/** Rows added up in float32 before the sum goes to float64. */
const BLOCK: i32 = 32;

/** Adds four float32 sums to four float64 sums. */
// @ts-ignore: decorator
@inline
export function flush(sum: usize, value: v128): void {
  v128.store(sum, f64x2.add(v128.load(sum), f64x2.promote_low_f32x4(value)));
  const high = v128.shuffle<f32>(value, value, 2, 3, 2, 3);
  v128.store(sum, f64x2.add(v128.load(sum, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** Sums of x and x^2 of one chunk. */
export function batchNormSums(args: usize, chunk: i32): void {
  const a = changetype<BatchNormArgs>(args);
  const channels = a.channels;
  const sums = a.sums + (chunk * channels << 4);
  memory.fill(sums, 0, channels << 4);
  const group = chunk / a.pieces;
  const piece = chunk - group * a.pieces;
  const end = pieceStart(a.rows, a.pieces, piece + 1);
  for (let row = pieceStart(a.rows, a.pieces, piece); row < end; row += BLOCK) {
    const x = a.x + ((group * a.rows + row) * channels << 2);
    sumBlock(x, channels, min(BLOCK, end - row), sums);
  }
}

function sumBlock(x: usize, channels: i32, rows: i32, sums: usize): void {
  const rowBytes: usize = channels << 2;
  const squares = sums + (channels << 3);
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    let p = x + (c << 2);
    let s0 = f32x4.splat(0), s1 = s0, q0 = s0, q1 = s0;
    let row = 0;
    for (; row + 2 <= rows; row += 2) {
      const v0 = v128.load(p);
      const v1 = v128.load(p + rowBytes);
      s0 = f32x4.add(s0, v0);
      s1 = f32x4.add(s1, v1);
      q0 = madd(v0, v0, q0);
      q1 = madd(v1, v1, q1);
      p += rowBytes * 2;
    }
    if (row < rows) {
      const v0 = v128.load(p);
      s0 = f32x4.add(s0, v0);
      q0 = madd(v0, v0, q0);
    }
    flush(sums + (c << 3), f32x4.add(s0, s1));
    flush(squares + (c << 3), f32x4.add(q0, q1));
  }
  for (; c < channels; c++) {
    let sum: f64 = 0, square: f64 = 0;
    for (let row = 0; row < rows; row++) {
      const value = <f64>load<f32>(x + <usize>row * rowBytes + (c << 2));
      sum += value;
      square += value * value;
    }
    store<f64>(sums + (c << 3), load<f64>(sums + (c << 3)) + sum);
    store<f64>(squares + (c << 3), load<f64>(squares + (c << 3)) + square);
  }
}

/** y = (x - mean) * scale + shift for one chunk. */
export function batchNormNormalise(args: usize, chunk: i32): void {
  const a = changetype<BatchNormArgs>(args);
  const channels = a.channels;
  const group = chunk / a.pieces;
  const piece = chunk - group * a.pieces;
  const coefficients = a.coefficients + (group * channels << 4);
  const end = pieceStart(a.rows, a.pieces, piece + 1);
  for (let row = pieceStart(a.rows, a.pieces, piece); row < end; row += BLOCK) {
    const offset: usize = (group * a.rows + row) * channels << 2;
    normaliseBlock(a.x + offset, a.y + offset, channels, min(BLOCK, end - row), coefficients);
  }
}

function normaliseBlock(x: usize, y: usize, channels: i32, rows: i32, coefficients: usize): void {
  const rowBytes: usize = channels << 2;
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    const k = coefficients + (c << 2);
    const mean = v128.load(k);
    const scale = v128.load(k + rowBytes);
    const shift = v128.load(k + rowBytes * 2);
    let offset: usize = c << 2;
    for (let row = 0; row < rows; row++) {
      v128.store(y + offset, madd(f32x4.sub(v128.load(x + offset), mean), scale, shift));
      offset += rowBytes;
    }
  }
  for (; c < channels; c++) {
    const k = coefficients + (c << 2);
    const mean = load<f32>(k);
    const scale = load<f32>(k + rowBytes);
    const shift = load<f32>(k + rowBytes * 2);
    let offset: usize = c << 2;
    for (let row = 0; row < rows; row++) {
      store<f32>(y + offset, (load<f32>(x + offset) - mean) * scale + shift);
      offset += rowBytes;
    }
  }
}

/** Sums of dy and dy (x - mean) of one chunk. */
export function batchNormGradientSums(args: usize, chunk: i32): void {
  const a = changetype<BatchNormArgs>(args);
  const channels = a.channels;
  const sums = a.sums + (chunk * channels << 4);
  memory.fill(sums, 0, channels << 4);
  const group = chunk / a.pieces;
  const piece = chunk - group * a.pieces;
  const means = a.coefficients + (group * channels << 4);
  const end = pieceStart(a.rows, a.pieces, piece + 1);
  for (let row = pieceStart(a.rows, a.pieces, piece); row < end; row += BLOCK) {
    const offset: usize = (group * a.rows + row) * channels << 2;
    gradientSumBlock(a.x + offset, a.gradient + offset, channels, min(BLOCK, end - row), means, sums);
  }
}

function gradientSumBlock(x: usize, dy: usize, channels: i32, rows: i32, means: usize, sums: usize): void {
  const rowBytes: usize = channels << 2;
  const products = sums + (channels << 3);
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    const mean = v128.load(means + (c << 2));
    let offset: usize = c << 2;
    let s0 = f32x4.splat(0), s1 = s0, q0 = s0, q1 = s0;
    let row = 0;
    for (; row + 2 <= rows; row += 2) {
      const g0 = v128.load(dy + offset);
      const g1 = v128.load(dy + offset + rowBytes);
      s0 = f32x4.add(s0, g0);
      s1 = f32x4.add(s1, g1);
      q0 = madd(g0, f32x4.sub(v128.load(x + offset), mean), q0);
      q1 = madd(g1, f32x4.sub(v128.load(x + offset + rowBytes), mean), q1);
      offset += rowBytes * 2;
    }
    if (row < rows) {
      const g0 = v128.load(dy + offset);
      s0 = f32x4.add(s0, g0);
      q0 = madd(g0, f32x4.sub(v128.load(x + offset), mean), q0);
    }
    flush(sums + (c << 3), f32x4.add(s0, s1));
    flush(products + (c << 3), f32x4.add(q0, q1));
  }
  for (; c < channels; c++) {
    const mean = <f64>load<f32>(means + (c << 2));
    let sum: f64 = 0, product: f64 = 0;
    for (let row = 0; row < rows; row++) {
      const offset = <usize>row * rowBytes + (c << 2);
      const gradient = <f64>load<f32>(dy + offset);
      sum += gradient;
      product += gradient * (<f64>load<f32>(x + offset) - mean);
    }
    store<f64>(sums + (c << 3), load<f64>(sums + (c << 3)) + sum);
    store<f64>(products + (c << 3), load<f64>(products + (c << 3)) + product);
  }
}

/** dx = a dy + b (x - mean) + c for one chunk. */
export function batchNormGradientApply(args: usize, chunk: i32): void {
  const a = changetype<BatchNormArgs>(args);
  const channels = a.channels;
  const group = chunk / a.pieces;
  const piece = chunk - group * a.pieces;
  const coefficients = a.coefficients + (group * channels << 4);
  const end = pieceStart(a.rows, a.pieces, piece + 1);
  for (let row = pieceStart(a.rows, a.pieces, piece); row < end; row += BLOCK) {
    const offset: usize = (group * a.rows + row) * channels << 2;
    applyBlock(a.x + offset, a.gradient + offset, a.y + offset, channels, min(BLOCK, end - row), coefficients);
  }
}

function applyBlock(x: usize, dy: usize, dx: usize, channels: i32, rows: i32, coefficients: usize): void {
  const rowBytes: usize = channels << 2;
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    const k = coefficients + (c << 2);
    const mean = v128.load(k);
    const ofGradient = v128.load(k + rowBytes);
    const ofInput = v128.load(k + rowBytes * 2);
    const constant = v128.load(k + rowBytes * 3);
    let offset: usize = c << 2;
    for (let row = 0; row < rows; row++) {
      const centred = f32x4.sub(v128.load(x + offset), mean);
      const sum = madd(centred, ofInput, constant);
      v128.store(dx + offset, madd(v128.load(dy + offset), ofGradient, sum));
      offset += rowBytes;
    }
  }
  for (; c < channels; c++) {
    const k = coefficients + (c << 2);
    let offset: usize = c << 2;
    for (let row = 0; row < rows; row++) {
      const centred = load<f32>(x + offset) - load<f32>(k);
      const sum = centred * load<f32>(k + rowBytes * 2) + load<f32>(k + rowBytes * 3);
      store<f32>(dx + offset, load<f32>(dy + offset) * load<f32>(k + rowBytes) + sum);
      offset += rowBytes;
    }
  }
}

@unmanaged
class AffineArgs {
  x: usize;
  y: usize;
  scale: usize;
  shift: usize;
  rows: i32;
  channels: i32;
  chunks: i32;
}

/** y = x * scale + shift for one run of rows. */
export function channelAffine(args: usize, chunk: i32): void {
  const a = changetype<AffineArgs>(args);
  const channels = a.channels;
  const end = pieceStart(a.rows, a.chunks, chunk + 1);
  for (let row = pieceStart(a.rows, a.chunks, chunk); row < end; row++) {
    const offset: usize = row * channels << 2;
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const at: usize = c << 2;
      v128.store(a.y + offset + at, f32x4.add(f32x4.mul(v128.load(a.x + offset + at), v128.load(a.scale + at)), v128.load(a.shift + at)));
    }
    for (; c < channels; c++) {
      const at: usize = c << 2;
      store<f32>(a.y + offset + at, load<f32>(a.x + offset + at) * load<f32>(a.scale + at) + load<f32>(a.shift + at));
    }
  }
}

import { PANEL } from './product';
import { storeLanes } from './vector';

/**
 * The transforms of Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray, "Fast algorithms for convolutional
 * neural networks", 2015): Y = A^T [(G g G^T) * (B^T d B)] A with 6x6 inputs d and 4x4 outputs Y.
 */

/** Six results of B^T applied to six vectors, one after the other at `target`, `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function inputTransform(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, target: usize, stride: i32): void {
  const four = f32x4.splat(4), five = f32x4.splat(5);
  v128.store(target, f32x4.add(f32x4.sub(f32x4.mul(d0, four), f32x4.mul(d2, five)), d4));
  const even = f32x4.sub(d4, f32x4.mul(d2, four));
  const odd = f32x4.sub(d3, f32x4.mul(d1, four));
  v128.store(target + stride, f32x4.add(even, odd));
  v128.store(target + stride * 2, f32x4.sub(even, odd));
  const difference = f32x4.sub(d4, d2);
  const half = f32x4.sub(d3, d1);
  const twice = f32x4.add(half, half);
  v128.store(target + stride * 3, f32x4.add(difference, twice));
  v128.store(target + stride * 4, f32x4.sub(difference, twice));
  v128.store(target + stride * 5, f32x4.add(f32x4.sub(f32x4.mul(d1, four), f32x4.mul(d3, five)), d5));
}

/**
 * B^T d B of four channels. d lies at `source`, pixels `pixel` and rows `row` bytes apart; frequency f of the
 * result goes to target + f * stride; `temporary` holds 36 vectors.
 */
export function transformInput(source: usize, pixel: i32, row: i32, target: usize, stride: i32, temporary: usize): void {
  for (let x = 0; x < 6; x++) {
    const p = source + x * pixel;
    inputTransform(v128.load(p), v128.load(p + row), v128.load(p + row * 2), v128.load(p + row * 3),
      v128.load(p + row * 4), v128.load(p + row * 5), temporary + (x << 4), 96);
  }
  for (let y = 0; y < 6; y++) {
    const p = temporary + y * 96;
    inputTransform(v128.load(p), v128.load(p, 16), v128.load(p, 32), v128.load(p, 48), v128.load(p, 64),
      v128.load(p, 80), target + y * 6 * stride, stride);
  }
}

/**
 * A^T m A of four channels: frequency f is at source + f * stride; the 4x4 results go to `target`, pixels `pixel`
 * and rows `row` bytes apart, of which the first `rows` x `columns` and `lanes` channels are stored.
 */
export function transformOutput(
  source: usize, stride: i32, target: usize, pixel: i32, row: i32, rows: i32, columns: i32, lanes: i32, temporary: usize,
): void {
  for (let x = 0; x < 6; x++) {
    const p = source + x * stride;
    const step = stride * 6;
    outputTransform(v128.load(p), v128.load(p + step), v128.load(p + step * 2), v128.load(p + step * 3),
      v128.load(p + step * 4), v128.load(p + step * 5), temporary + (x << 4), 96);
  }
  for (let y = 0; y < rows; y++) {
    const p = temporary + y * 96;
    const m0 = v128.load(p), m1 = v128.load(p, 16), m2 = v128.load(p, 32);
    const m3 = v128.load(p, 48), m4 = v128.load(p, 64), m5 = v128.load(p, 80);
    if (columns == 4 && lanes == 4) {
      outputTransform(m0, m1, m2, m3, m4, m5, target, pixel);
    } else {
      const results = temporary + 384;
      outputTransform(m0, m1, m2, m3, m4, m5, results, 16);
      for (let x = 0; x < columns; x++) storeLanes(target + x * pixel, v128.load(results + (x << 4)), lanes);
    }
    target += row;
  }
}

/** Four results of A^T applied to six vectors. */
// @ts-ignore: decorator
@inline
function outputTransform(m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128, target: usize, stride: i32): void {
  const sum1 = f32x4.add(m1, m2), sum2 = f32x4.add(m3, m4);
  const difference1 = f32x4.sub(m1, m2), difference2 = f32x4.sub(m3, m4);
  const twice = f32x4.add(difference2, difference2);
  v128.store(target, f32x4.add(m0, f32x4.add(sum1, sum2)));
  v128.store(target + stride, f32x4.add(difference1, twice));
  v128.store(target + stride * 2, f32x4.add(sum1, f32x4.mul(sum2, f32x4.splat(4))));
  v128.store(target + stride * 3, f32x4.add(f32x4.add(difference1, f32x4.mul(twice, f32x4.splat(4))), m5));
}

/** Element `row` of G applied to three values. */
function filterTransform(row: i32, g0: f64, g1: f64, g2: f64): f64 {
  if (row == 0) return g0 / 4;
  if (row == 5) return g2;
  if (row < 3) return -(g0 + (row == 1 ? g1 : -g1) + g2) / 6;
  return g0 / 24 + (row == 3 ? g1 : -g1) / 12 + g2 / 6;
}

@unmanaged
class WinogradFilterArgs {
  filter: usize;
  target: usize;
  channels: i32;
  outChannels: i32;
  channelStride: i32;
  outStride: i32;
}

/**
 * G g G^T of the flipped filter, for one output channel (chunk): filter [3, 3, channels, outChannels] ->
 * [36, channelStride / PANEL, outStride, PANEL]; the padding is zeros (chunks reach up to outStride).
 */
export function winogradFilter(args: usize, chunk: i32): void {
  const a = changetype<WinogradFilterArgs>(args);
  for (let c = 0; c < a.channelStride; c++) {
    const inside = c < a.channels && chunk < a.outChannels;
    for (let f = 0; f < 36; f++) {
      const value = inside ? filterFrequency(a, c, chunk, f) : 0;
      const panel = f * a.channelStride + (c & ~(PANEL - 1));
      store<f32>(a.target + ((panel * a.outStride + chunk * PANEL + (c & (PANEL - 1))) << 2), <f32>value);
    }
  }
}

function filterFrequency(a: WinogradFilterArgs, c: i32, o: i32, f: i32): f64 {
  const y = f / 6, x = f % 6;
  return filterTransform(y, columnFrequency(a, c, o, 0, x), columnFrequency(a, c, o, 1, x), columnFrequency(a, c, o, 2, x));
}

/** Row `ky` of the flipped filter, transformed along x. */
function columnFrequency(a: WinogradFilterArgs, c: i32, o: i32, ky: i32, x: i32): f64 {
  const tap = a.channels * a.outChannels << 2;
  const p = a.filter + (2 - ky) * 3 * tap + ((c * a.outChannels + o) << 2);
  return filterTransform(x, <f64>load<f32>(p + 2 * tap), <f64>load<f32>(p + tap), <f64>load<f32>(p));
}

/** Bytes of one float32, one vector of four, and the shift between an index and its byte offset. */
export const F32: i32 = 4;
export const V128: i32 = 16;

/** a * b + c; one rounding in the relaxed build on machines with fused multiply-add, two otherwise. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    return v128.relaxed_madd<f32>(a, b, c);
  }
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Copies `count` float32 values. */
// @ts-ignore: decorator
@inline
export function copyFloats(target: usize, source: usize, count: i32): void {
  memory.copy(target, source, count << 2);
}

/** Fills `count` float32 values with zeros. */
// @ts-ignore: decorator
@inline
export function zeroFloats(target: usize, count: i32): void {
  memory.fill(target, 0, count << 2);
}

/** Stores the first `count` (1 to 4) lanes. */
// @ts-ignore: decorator
@inline
export function storeLanes(target: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(target, value);
    return;
  }
  store<f32>(target, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(target, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(target, f32x4.extract_lane(value, 2), 8);
}

/** First item of piece `index` when `total` items are cut into `pieces` nearly equal pieces. */
// @ts-ignore: decorator
@inline
export function pieceStart(total: i32, pieces: i32, index: i32): i32 {
  return <i32>((<i64>total * index) / pieces);
}

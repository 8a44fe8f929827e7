/** What LIF kernels share (methods.md 1.1 and 1.2). */

/** True if division by tau equals multiplication by 1 / tau: tau is a power of two. */
// @ts-ignore: decorator
@inline
export function isPowerOfTwo(tau: f32): bool {
  return (reinterpret<i32>(tau) & 0x7fffff) == 0;
}

/**
 * Compile-time choices, made by type parameters: the compiler folds the bodies of inlined functions that differ in a
 * constant only back into one, with the branch inside the loop. Integer types stand for the fast choice.
 */
export type PowerOfTwo = i32;
export type AnyTau = f32;
export type QGate = i32;
export type AnySurrogate = f32;

/** u = v + (x - v) / tau. */
// @ts-ignore: decorator
@inline
export function charge<Tau>(v: v128, x: v128, tau: v128, inverse: v128): v128 {
  const difference = f32x4.sub(x, v);
  if (isInteger<Tau>()) return f32x4.add(v, f32x4.mul(difference, inverse));
  return f32x4.add(v, f32x4.div(difference, tau));
}

/**
 * The surrogate derivative at z; codes as in engine/backends/simd/neuronArguments.ts (methods.md 1.2). The magnitude by
 * a mask and pmax are one instruction each, abs and max several.
 */
// @ts-ignore: decorator
@inline
export function surrogateDerivative<Surrogate>(z: v128, code: i32, alpha: f32): v128 {
  const distance = v128.and(z, i32x4.splat(0x7fffffff));
  if (isInteger<Surrogate>()) {
    const slope = f32x4.sub(f32x4.splat(alpha), f32x4.mul(f32x4.splat(alpha * alpha), distance));
    return f32x4.pmax(slope, f32x4.splat(0));
  }
  const one = f32x4.splat(1);
  if (code == 1) return v128.and(f32x4.lt(distance, f32x4.splat(1 / alpha)), one);
  if (code == 2) return v128.and(f32x4.lt(distance, f32x4.splat(0.5)), one);
  if (code == 3) {
    const scaled = f32x4.mul(f32x4.splat(<f32>(Math.PI / 2) * alpha), z);
    return f32x4.div(f32x4.splat(alpha / 2), f32x4.add(one, f32x4.mul(scaled, scaled)));
  }
  return sigmoidDerivative(z, alpha);
}

function sigmoidDerivative(z: v128, alpha: f32): v128 {
  let result = f32x4.splat(0);
  result = f32x4.replace_lane(result, 0, sigmoidSlope(f32x4.extract_lane(z, 0), alpha));
  result = f32x4.replace_lane(result, 1, sigmoidSlope(f32x4.extract_lane(z, 1), alpha));
  result = f32x4.replace_lane(result, 2, sigmoidSlope(f32x4.extract_lane(z, 2), alpha));
  return f32x4.replace_lane(result, 3, sigmoidSlope(f32x4.extract_lane(z, 3), alpha));
}

/** alpha s (1 - s) with s = sigmoid(alpha z), written with e^-|alpha z|, which cannot overflow. */
function sigmoidSlope(z: f32, alpha: f32): f32 {
  const e = decay(Mathf.abs(alpha * z));
  return alpha * e / ((1 + e) * (1 + e));
}

/** e^-x for x >= 0: 2^-n times the Taylor series of the rest, |rest| <= ln 2 / 2; below e^-87 it is 0. */
function decay(x: f32): f32 {
  if (x > 87) return 0;
  const n = nearest<f64>(<f64>x * Math.LOG2E);
  const r = n * Math.LN2 - <f64>x;
  let sum: f64 = 1;
  for (let k = 12; k > 0; k--) sum = 1 + sum * r / <f64>k;
  return <f32>(sum * reinterpret<f64>((1023 - <i64>n) << 52));
}

/** What LIF kernels share (methods.md 1.1 and 1.2). */

/** True if division by tau equals multiplication by 1 / tau: tau is a power of two. */
// @ts-ignore: decorator
@inline
export function isPowerOfTwo(tau: f32): bool {
  return (reinterpret<i32>(tau) & 0x7fffff) == 0;
}

/** u = v + (x - v) / tau. */
// @ts-ignore: decorator
@inline
export function charge(v: v128, x: v128, tau: v128, inverse: v128, exact: bool): v128 {
  const difference = f32x4.sub(x, v);
  return f32x4.add(v, exact ? f32x4.mul(difference, inverse) : f32x4.div(difference, tau));
}

/** The surrogate derivative at z; codes as SURROGATE_CODES in engine/backends/simd/lif.ts (methods.md 1.2). */
// @ts-ignore: decorator
@inline
export function surrogateDerivative(z: v128, code: i32, alpha: f32): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  if (code == 0) {
    const slope = f32x4.mul(f32x4.splat(alpha * alpha), f32x4.abs(z));
    return f32x4.max(zero, f32x4.sub(f32x4.splat(alpha), slope));
  }
  if (code == 1) return v128.and(f32x4.lt(f32x4.abs(z), f32x4.splat(1 / alpha)), one);
  if (code == 2) return v128.and(f32x4.lt(f32x4.abs(z), f32x4.splat(0.5)), one);
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

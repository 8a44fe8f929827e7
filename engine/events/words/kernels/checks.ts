import { WORDS } from './memory';

/** The largest of `count` unsigned 16-bit numbers; behind them there are zeros up to a multiple of 16. */
export function largest(count: i32): i32 {
  const last = WORDS + (count << 1);
  let first = i16x8.splat(0);
  let second = i16x8.splat(0);
  for (let at = WORDS; at < last; at += 32) {
    first = i16x8.max_u(first, v128.load(at));
    second = i16x8.max_u(second, v128.load(at, 16));
  }
  let lanes = i16x8.max_u(first, second);
  lanes = i16x8.max_u(lanes, v128.shuffle<i16>(lanes, lanes, 4, 5, 6, 7, 4, 5, 6, 7));
  lanes = i16x8.max_u(lanes, v128.shuffle<i16>(lanes, lanes, 2, 3, 2, 3, 2, 3, 2, 3));
  return i32(max(i16x8.extract_lane_u(lanes, 0), i16x8.extract_lane_u(lanes, 1)));
}

const LARGEST_SAFE: f64 = 9007199254740991.0;

/** Whether all of `count` doubles are numbers from -(2^53 - 1) to 2^53 - 1; behind them there may be one 0. */
export function areSafe(count: i32): bool {
  const last = WORDS + (count << 3);
  let safe = i64x2.splat(-1);
  for (let at = WORDS; at < last; at += 16) {
    safe = v128.and(safe, f64x2.le(f64x2.abs(v128.load(at)), f64x2.splat(LARGEST_SAFE)));
  }
  return v128.all_true<i64>(safe);
}

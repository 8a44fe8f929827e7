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

import {
  lanesUpTo,
  STATE,
  stopped,
  storeColumns,
  storePolarities,
  storeRows,
  storeTimes,
  WORDS,
} from './memory';

const TIME_HIGH: i32 = 0x8;
const EXTERNAL_TRIGGER: i32 = 0xa;

/**
 * EVT 2.0 words from byte `begin` to `end`, at most `room` events; state: base, wraps. Stops at triggers and at a
 * TIME_HIGH that steps back.
 */
export function evt2(begin: i32, end: i32, room: i32): i32 {
  let base = load<f64>(STATE);
  const wraps = load<f64>(STATE, 8);
  const last = WORDS + end;
  let at = WORDS + begin;
  let count = 0;
  while (at < last && count < room) {
    const first = v128.load(at);
    const second = v128.load(at, 16);
    const types = i16x8.narrow_i32x4_u(i32x4.shr_u(first, 28), i32x4.shr_u(second, 28));
    const others = i16x8.bitmask(i16x8.gt_s(types, i16x8.splat(1)));
    const words = lanesUpTo(others, (last - at) >> 2, room - count);
    const time = f64x2.splat(base);
    storeTimes(count, time, lowTimes(first));
    storeTimes(count + 4, time, lowTimes(second));
    storeColumns(count, field(first, 11), field(second, 11));
    storeRows(count, field(first, 0), field(second, 0));
    storePolarities(count, types);
    at += words << 2;
    count += select(0, words, base < 0);
    if (words < 8 && at < last && count < room) {
      const word = load<u32>(at);
      const type = word >>> 28;
      const high = wraps + f64(word & 0xfffffff) * 64;
      if (type == EXTERNAL_TRIGGER || (type == TIME_HIGH && high < base)) {
        break;
      }
      base = type == TIME_HIGH ? high : base;
      at += 4;
    }
  }
  store<f64>(STATE, base);
  return stopped(at, count);
}

// @ts-ignore: decorator
@inline
function lowTimes(words: v128): v128 {
  return v128.and(i32x4.shr_u(words, 22), i32x4.splat(0x3f));
}

// @ts-ignore: decorator
@inline
function field(words: v128, shift: i32): v128 {
  return v128.and(i32x4.shr_u(words, shift), i32x4.splat(0x7ff));
}

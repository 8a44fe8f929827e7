import {
  lanesUpTo,
  STATE,
  stopped,
  storeColumns,
  storePolarities,
  storeRows,
  storeUnsignedTimes,
  UNITS_OFFSET,
  WORDS,
} from './memory';

const TIME_SPAN: f64 = 4294967296.0;
const HALF_SPAN: f64 = 2147483648.0;

/** DAT records of version 1: 9 bits of column, 8 of row, 1 of polarity. */
export function dat1(begin: i32, end: i32, room: i32): i32 {
  return records(begin, end, room, 9, 8, 1);
}

/** DAT records of version 2: 14 bits of column, 14 of row, 4 of polarity. */
export function dat2(begin: i32, end: i32, room: i32): i32 {
  return records(begin, end, room, 14, 14, 4);
}

/** Records from byte `begin` to `end`, at most `room`; state: the last time of 32 bits, wraps. */
// @ts-ignore: decorator
@inline
function records(begin: i32, end: i32, room: i32, xBits: i32, yBits: i32, polarityBits: i32): i32 {
  let lastTime = u32(load<f64>(STATE));
  let wraps = load<f64>(STATE, 8);
  const last = WORDS + end;
  let at = WORDS + begin;
  let count = 0;
  while (at < last && count < room) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const times = v128.shuffle<i32>(a, b, 0, 2, 4, 6);
    const moreTimes = v128.shuffle<i32>(c, d, 0, 2, 4, 6);
    // A fall by more than half the span changes the upper bit.
    const previous = i32x4.splat(lastTime);
    const changes = i16x8.narrow_i32x4_s(v128.xor(times, previous), v128.xor(moreTimes, previous));
    const lanes = lanesUpTo(i16x8.bitmask(changes), (last - at) >> 3, room - count);
    const offset = f64x2.splat(UNITS_OFFSET - wraps);
    storeUnsignedTimes(count, offset, times);
    storeUnsignedTimes(count + 4, offset, moreTimes);
    const pixels = v128.shuffle<i32>(a, b, 1, 3, 5, 7);
    const morePixels = v128.shuffle<i32>(c, d, 1, 3, 5, 7);
    storeColumns(count, field(pixels, 0, xBits), field(morePixels, 0, xBits));
    storeRows(count, field(pixels, xBits, yBits), field(morePixels, xBits, yBits));
    const bits = i16x8.narrow_i32x4_u(
      field(pixels, xBits + yBits, polarityBits),
      field(morePixels, xBits + yBits, polarityBits),
    );
    storePolarities(count, v128.and(i16x8.gt_s(bits, i16x8.splat(0)), i16x8.splat(1)));
    if (lanes > 0) {
      at += lanes << 3;
      count += lanes;
      lastTime = load<u32>(at - 8);
    } else {
      const time = load<u32>(at);
      wraps += f64(lastTime) - f64(time) > HALF_SPAN ? TIME_SPAN : 0;
      lastTime = time;
    }
  }
  store<f64>(STATE, f64(lastTime));
  store<f64>(STATE, wraps, 8);
  return stopped(at, count);
}

// @ts-ignore: decorator
@inline
function field(words: v128, shift: i32, bits: i32): v128 {
  return v128.and(i32x4.shr_u(words, shift), i32x4.splat((1 << bits) - 1));
}

import { min, POLARITY, stopped, T, UNITS, UNITS_OFFSET, WORDS, X, Y } from './memory';

const EVENT_BYTES: i32 = 16;
const HALF_SPAN: f64 = 4294967296.0;

/** AEDAT4 events of 16 bytes: i64 µs, i16 column, i16 row, u8 polarity, 3 bytes of padding. */
export function aedat4(begin: i32, end: i32, room: i32): i32 {
  const from = WORDS + begin;
  const count = min((end - begin) / EVENT_BYTES, room);
  for (let event = 0; event < count; event += 4) {
    const at = from + event * EVENT_BYTES;
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const times = T + (event << 3);
    v128.store(times, twoTimes(v128.shuffle<i32>(a, b, 0, 4, 1, 5)));
    v128.store(times, twoTimes(v128.shuffle<i32>(c, d, 0, 4, 1, 5)), 16);
    const first = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const second = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    const pixels = v128.shuffle<i64>(first, second, 0, 2);
    const columns = v128.and(pixels, i32x4.splat(0xffff));
    const rows = i32x4.shr_u(pixels, 16);
    const lanes = i16x8.narrow_i32x4_u(columns, rows);
    v128.store64_lane(X + (event << 1), lanes, 0);
    v128.store64_lane(Y + (event << 1), lanes, 1);
    const polarities = v128.and(v128.shuffle<i64>(first, second, 1, 3), i32x4.splat(1));
    const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(polarities, polarities), polarities);
    v128.store32_lane(POLARITY + event, bytes, 0);
  }
  return stopped(from + count * EVENT_BYTES, count);
}

/** Two 64-bit integers as doubles. @param halves their lower halves, then their upper ones. */
// @ts-ignore: decorator
@inline
function twoTimes(halves: v128): v128 {
  const units = v128.shuffle<i32>(halves, i32x4.splat(UNITS), 0, 4, 1, 5);
  const low = f64x2.sub(units, f64x2.splat(UNITS_OFFSET));
  const high = f64x2.convert_low_i32x4_s(v128.shuffle<i64>(halves, halves, 1, 1));
  return f64x2.add(f64x2.mul(high, f64x2.splat(HALF_SPAN)), low);
}

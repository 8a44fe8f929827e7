import { lanesUpTo, min, POLARITY, STATE, stopped, storeTimes, WORDS, X, Y } from './memory';

const EVENT_BYTES: i32 = 5;
const OVERFLOW_ROW: i32 = 240;
const OVERFLOW_MICROSECONDS: f64 = 8192;

/** ATIS events from byte `begin` to `end`, at most `room`; state: µs added by overflow markers. */
export function atis(begin: i32, end: i32, room: i32): i32 {
  let overflow = load<f64>(STATE);
  const last = WORDS + end;
  let at = WORDS + begin;
  let count = 0;
  while (at < last && count < room) {
    const base = f64x2.splat(overflow);
    const overflows = four(at, count, base) | (four(at + 4 * EVENT_BYTES, count + 4, base) << 4);
    const events = lanesUpTo(overflows, (last - at) / EVENT_BYTES, room - count);
    at += events * EVENT_BYTES;
    count += events;
    if (events < 8 && at < last && count < room) {
      overflow += OVERFLOW_MICROSECONDS;
      at += EVENT_BYTES;
    }
  }
  store<f64>(STATE, overflow);
  return stopped(at, count);
}

/** Stores four events. @returns a bit for each that is an overflow marker. */
// @ts-ignore: decorator
@inline
function four(at: i32, event: i32, base: v128): i32 {
  // Bytes 0 to 15 and 4 to 19 of the twenty.
  const a = v128.load(at);
  const b = v128.load(at, 4);
  // High, middle and low byte of the time in big-endian order, the polarity above them.
  const words = v128.shuffle<i8>(a, b, 4, 3, 2, 0, 9, 8, 7, 0, 14, 13, 12, 0, 31, 30, 29, 0);
  const pixels = v128.shuffle<i8>(a, b, 0, 0, 5, 0, 10, 0, 15, 0, 1, 0, 6, 0, 11, 0, 28, 0);
  const lanes = v128.and(pixels, i16x8.splat(0xff));
  storeTimes(event, base, v128.and(words, i32x4.splat(0x7fffff)));
  v128.store64_lane(X + (event << 1), lanes, 0);
  v128.store64_lane(Y + (event << 1), lanes, 1);
  const polarities = v128.and(i32x4.shr_u(words, 23), i32x4.splat(1));
  const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(polarities, polarities), polarities);
  v128.store32_lane(POLARITY + event, bytes, 0);
  return i16x8.bitmask(i16x8.eq(lanes, i16x8.splat(i16(OVERFLOW_ROW)))) >>> 4;
}

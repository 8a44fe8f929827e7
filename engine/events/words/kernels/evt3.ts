import { POLARITY, STATE, stopped, T, WORDS, X, Y } from './memory';

/** ADDR_Y, ADDR_X and TIME_LOW follow each other in no order that a processor could foresee. */
const ROW: i32 = 0x0;
const PIXEL: i32 = 0x2;
const VECTOR_BASE: i32 = 0x3;
const VECTOR_12: i32 = 0x4;
const VECTOR_8: i32 = 0x5;
const TIME_LOW: i32 = 0x6;
const TIME_HIGH: i32 = 0x8;
const EXTERNAL_TRIGGER: i32 = 0xa;
const WITHOUT_BRANCH: i32 = (1 << ROW) | (1 << PIXEL) | (1 << TIME_LOW);
const LAST_PIXEL: i32 = 0x7ff;

/**
 * EVT 3.0 words from byte `begin` to `end`, until there are `room` events or more; state: row, column and polarity of
 * the vector, high, wraps, time. Stops at triggers and at a TIME_HIGH that steps back.
 */
export function evt3(begin: i32, end: i32, room: i32): i32 {
  let row = i32(load<f64>(STATE));
  let column = i32(load<f64>(STATE, 8));
  let polarity = i32(load<f64>(STATE, 16));
  let high = i32(load<f64>(STATE, 24));
  const wraps = load<f64>(STATE, 32);
  let base = wraps + f64(high) * 4096;
  let low = high < 0 ? 0 : i32(load<f64>(STATE, 40) - base);
  let timed = high < 0 ? 0 : 1;
  const last = WORDS + end;
  let at = WORDS + begin;
  let count = 0;
  while (at < last && count < room) {
    const word = i32(load<u16>(at));
    const type = word >>> 12;
    if ((WITHOUT_BRANCH >>> type) & 1) {
      row = select(word & LAST_PIXEL, row, type == ROW);
      low = select(word & 0xfff, low, type == TIME_LOW);
      store<f64>(T + (count << 3), base + f64(low));
      store<u16>(X + (count << 1), word & LAST_PIXEL);
      store<u16>(Y + (count << 1), row);
      store<u8>(POLARITY + count, (word >>> 11) & 1);
      count += timed & i32(type == PIXEL);
    } else if (type == VECTOR_12 || type == VECTOR_8) {
      const isLong = type == VECTOR_12;
      const mask = word & select(0xfff, 0xff, isLong);
      if (column <= LAST_PIXEL) {
        count = vector(count, timed * mask, base + f64(low), column, row, polarity);
      }
      column += select(12, 8, isLong);
    } else if (type == VECTOR_BASE) {
      column = word & LAST_PIXEL;
      polarity = (word >>> 11) & 1;
    } else if (type == TIME_HIGH) {
      const next = word & 0xfff;
      if (next < high) {
        break;
      }
      low = select(low, 0, next == high);
      high = next;
      base = wraps + f64(high) * 4096;
      timed = 1;
    } else if (type == EXTERNAL_TRIGGER) {
      break;
    }
    at += 2;
  }
  store<f64>(STATE, f64(row));
  store<f64>(STATE, f64(column), 8);
  store<f64>(STATE, f64(polarity), 16);
  store<f64>(STATE, f64(high), 24);
  store<f64>(STATE, timed ? base + f64(low) : -1, 40);
  return stopped(at, count);
}

/** Stores the pixels of a mask, four at a time, however few there are: that spares a branch for each. */
// @ts-ignore: decorator
@inline
function vector(count: i32, mask: i32, time: f64, column: i32, row: i32, polarity: i32): i32 {
  const times = f64x2.splat(time);
  let event = count;
  let left = mask;
  do {
    v128.store(T + (event << 3), times);
    v128.store(T + (event << 3), times, 16);
    v128.store64_lane(Y + (event << 1), i16x8.splat(i16(row)), 0);
    store<i32>(POLARITY + event, polarity * 0x01010101);
    for (let pixel = 0; pixel < 4; pixel++) {
      store<u16>(X + ((event + pixel) << 1), column + ctz(left));
      left &= left - 1;
    }
    event += 4;
  } while (left);
  return count + popcnt(mask);
}

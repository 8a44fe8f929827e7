/** Where the host puts words and finds events: fixed places in the module's own memory. */

/** The decoder's snapshot, up to 8 numbers. */
export const STATE: i32 = 0;
/** Byte of the words at which the last call stopped, as i32. */
export const POSITION: i32 = 64;
/** Most bytes of words at a time. Vectors are loaded whole: up to 64 bytes behind the last word are looked at. */
export const WORD_BYTES: i32 = 0x10000;
export const WORDS: i32 = 0x400;
/** Most events of a call. Vectors are stored whole: up to 32 events behind the last one are written to. */
export const EVENTS: i32 = 0x4000;
const ROOM: i32 = EVENTS + 64;
export const T: i32 = 0x11000;
export const X: i32 = T + 8 * ROOM;
export const Y: i32 = X + 2 * ROOM;
export const POLARITY: i32 = Y + 2 * ROOM;

const LANES = 8;

// @ts-ignore: decorator
@inline
export function min(left: i32, right: i32): i32 {
  return select(left, right, left < right);
}

/** The event at which a call stops: the first of `others`, the end of the words or of the room. */
// @ts-ignore: decorator
@inline
export function lanesUpTo(others: i32, words: i32, room: i32): i32 {
  return min(ctz(others | (1 << LANES)), min(words, room));
}

/** Stores `base` + signed 32-bit lanes as the times of four events. */
// @ts-ignore: decorator
@inline
export function storeTimes(event: i32, base: v128, low: v128): void {
  const at = T + (event << 3);
  const high = v128.shuffle<i32>(low, low, 2, 3, 2, 3);
  v128.store(at, f64x2.add(base, f64x2.convert_low_i32x4_s(low)));
  v128.store(at, f64x2.add(base, f64x2.convert_low_i32x4_s(high)), 16);
}

/** 2^52 in the upper half of a double: the lower half then counts units. */
export const UNITS: i32 = 0x43300000;
export const UNITS_OFFSET: f64 = 4503599627370496.0;

/** Stores unsigned 32-bit lanes + (2^52 - `offset`) as the times of four events. */
// @ts-ignore: decorator
@inline
export function storeUnsignedTimes(event: i32, offset: v128, low: v128): void {
  const at = T + (event << 3);
  const units = i32x4.splat(UNITS);
  v128.store(at, f64x2.sub(v128.shuffle<i32>(low, units, 0, 4, 1, 5), offset));
  v128.store(at, f64x2.sub(v128.shuffle<i32>(low, units, 2, 6, 3, 7), offset), 16);
}

/** Stores the columns of eight events, given as 32-bit lanes. */
// @ts-ignore: decorator
@inline
export function storeColumns(event: i32, first: v128, second: v128): void {
  v128.store(X + (event << 1), i16x8.narrow_i32x4_u(first, second));
}

/** Stores the rows of eight events, given as 32-bit lanes. */
// @ts-ignore: decorator
@inline
export function storeRows(event: i32, first: v128, second: v128): void {
  v128.store(Y + (event << 1), i16x8.narrow_i32x4_u(first, second));
}

/** Stores the polarities of eight events, given as 16-bit lanes. */
// @ts-ignore: decorator
@inline
export function storePolarities(event: i32, lanes: v128): void {
  v128.store64_lane(POLARITY + event, i8x16.narrow_i16x8_u(lanes, lanes), 0);
}

/** Leaves the place of the next word; what was not decoded is for the host. @returns `count`. */
// @ts-ignore: decorator
@inline
export function stopped(at: i32, count: i32): i32 {
  store<i32>(POSITION, at - WORDS);
  return count;
}

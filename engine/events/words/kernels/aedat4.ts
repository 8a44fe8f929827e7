import { min, POLARITY, stopped, T, WORDS, X, Y } from './memory';

const HALF_SPAN: f64 = 4294967296.0;

/** AEDAT4 events of 16 bytes: i64 µs, i16 column, i16 row, u8 polarity. */
export function aedat4(begin: i32, end: i32, room: i32): i32 {
  const at = WORDS + begin;
  const count = min((end - begin) >> 4, room);
  for (let event = 0; event < count; event++) {
    const from = at + (event << 4);
    store<f64>(T + (event << 3), f64(load<i32>(from, 4)) * HALF_SPAN + f64(load<u32>(from)));
    store<u16>(X + (event << 1), load<u16>(from, 8));
    store<u16>(Y + (event << 1), load<u16>(from, 10));
    store<u8>(POLARITY + event, load<u8>(from, 12) & 1);
  }
  return stopped(at + (count << 4), count);
}

import { V128 } from './vector';

/**
 * Lists of nonzero values, built without branches: the mask of four lanes selects a byte shuffle that moves the
 * nonzero lanes to the front; the next group overwrites the unused tail.
 * Table: 16 shuffles of 16 bytes, then 16 vectors of the lane numbers moved to the front, then 16 counts (i32, in bytes: 4 per
 * lane).
 */
export const SHUFFLE_LANES: usize = 256;
export const SHUFFLE_COUNTS: usize = 512;

/** Writes the table; `table` needs 576 bytes. */
export function buildShuffleTable(table: usize): void {
  for (let mask = 0; mask < 16; mask++) {
    let count = 0;
    const shuffle = table + mask * V128;
    for (let lane = 0; lane < 4; lane++) {
      if ((mask >> lane) & 1) {
        for (let byte = 0; byte < 4; byte++) {
          store<u8>(shuffle + count * 4 + byte, <u8>(lane * 4 + byte));
        }
        store<i32>(shuffle + SHUFFLE_LANES + count * 4, lane);
        count++;
      }
    }
    for (let rest = count; rest < 4; rest++) {
      store<u32>(shuffle + rest * 4, 0x80808080);
      store<i32>(shuffle + SHUFFLE_LANES + rest * 4, 0);
    }
    store<i32>(table + SHUFFLE_COUNTS + mask * 4, count << 2);
  }
}

/**
 * Appends the nonzero values of `count` floats at `source` to a list: `entries` gets first + i * step for value i,
 * the values go to `entries + valuesAt`. Up to 16 bytes behind the end of both lists are overwritten.
 * @returns the end of the entries.
 */
// @ts-ignore: decorator
@inline
export function appendNonzero(
  source: usize, count: i32, first: i32, step: i32, entries: usize, valuesAt: usize, table: usize,
): usize {
  const zero = f32x4.splat(0);
  const steps = i32x4.splat(step);
  let end = entries;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const values = v128.load(source + (i << 2));
    const mask = i32x4.bitmask(f32x4.ne(values, zero));
    const row = table + (mask << 4);
    const index = i32x4.add(i32x4.splat(first + i * step), i32x4.mul(v128.load(row, SHUFFLE_LANES), steps));
    v128.store(end, index);
    v128.store(end + valuesAt, v128.swizzle(values, v128.load(row)));
    end += load<u32>(table + (mask << 2), SHUFFLE_COUNTS);
  }
  for (; i < count; i++) {
    const value = load<f32>(source + (i << 2));
    store<i32>(end, first + i * step);
    store<f32>(end + valuesAt, value);
    end += <usize>(i32(value != 0) << 2);
  }
  return end;
}

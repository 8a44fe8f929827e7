import { V128 } from './vector';
import { SHUFFLE_COUNTS, SHUFFLE_LANES } from './spikeLists';

/**
 * Lists of the nonzero inputs of each channel. The list of channel c starts at lists + c * listStride and ends at
 * ends[c]; the values lie valuesAt bytes behind the entries.
 */
@unmanaged
export class ChannelLists {
  ends: usize;
  lists: usize;
  listStride: i32;
  valuesAt: usize;
  /** Binary logarithm of the bytes between the entries of neighbouring pixels. */
  pixelShift: i32;
  table: usize;
  /** Not 0 if a value other than 0 and 1 was found. */
  others: i32;
}

export function clearLists(l: ChannelLists, channels: i32): void {
  let list = l.lists;
  for (let c = 0; c < channels; c++) {
    store<u32>(l.ends + (c << 2), <u32>list);
    list += l.listStride;
  }
  l.others = 0;
}

/** Appends one row of `width` pixels at x; `position` is the entry of its first pixel. */
export function listRow(l: ChannelLists, x: usize, width: i32, channels: i32, position: i32): void {
  const quads = channels & ~3;
  for (let c = 0; c < quads; c += 4) {
    listQuad(l, x + (c << 2), width, channels, position, c);
  }
  for (let c = quads; c < channels; c++) {
    listChannel(l, x + (c << 2), width, channels, position, c);
  }
}

/** Four channels: blocks of 4 pixels x 4 channels are transposed, so that the vectors run along the row. */
function listQuad(l: ChannelLists, x: usize, width: i32, channels: i32, position: i32, channel: i32): void {
  const pixel: usize = channels << 2;
  const ends = l.ends + (channel << 2);
  const shift = l.pixelShift, table = l.table, valuesAt = l.valuesAt;
  let end0: usize = load<u32>(ends), end1: usize = load<u32>(ends, 4);
  let end2: usize = load<u32>(ends, 8), end3: usize = load<u32>(ends, 12);
  const zero = f32x4.splat(0);
  let others = zero;
  for (let column = 0; column < width; column += 4) {
    const left = width - column;
    const p0 = v128.load(x);
    const p1 = left > 1 ? v128.load(x + pixel) : zero;
    const p2 = left > 2 ? v128.load(x + pixel * 2) : zero;
    const p3 = left > 3 ? v128.load(x + pixel * 3) : zero;
    const low01 = v128.shuffle<f32>(p0, p1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(p0, p1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(p2, p3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(p2, p3, 2, 6, 3, 7);
    const base = i32x4.splat(position + (column << shift));
    const c0 = v128.shuffle<f32>(low01, low23, 0, 1, 4, 5), c1 = v128.shuffle<f32>(low01, low23, 2, 3, 6, 7);
    const c2 = v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), c3 = v128.shuffle<f32>(high01, high23, 2, 3, 6, 7);
    others = v128.or(others, v128.or(v128.or(notBinary(c0), notBinary(c1)), v128.or(notBinary(c2), notBinary(c3))));
    end0 = append(end0, c0, base, shift, table, valuesAt);
    end1 = append(end1, c1, base, shift, table, valuesAt);
    end2 = append(end2, c2, base, shift, table, valuesAt);
    end3 = append(end3, c3, base, shift, table, valuesAt);
    x += pixel * 4;
  }
  store<u32>(ends, <u32>end0);
  store<u32>(ends, <u32>end1, 4);
  store<u32>(ends, <u32>end2, 8);
  store<u32>(ends, <u32>end3, 12);
  l.others |= i32(v128.any_true(others));
}

// @ts-ignore: decorator
@inline
function notBinary(values: v128): v128 {
  return v128.and(f32x4.ne(values, f32x4.splat(0)), f32x4.ne(values, f32x4.splat(1)));
}

// @ts-ignore: decorator
@inline
function append(end: usize, values: v128, base: v128, shift: i32, table: usize, valuesAt: usize): usize {
  const mask = i32x4.bitmask(f32x4.ne(values, f32x4.splat(0)));
  const row = table + mask * V128;
  v128.store(end, i32x4.add(base, i32x4.shl(v128.load(row, SHUFFLE_LANES), shift)));
  v128.store(end + valuesAt, v128.swizzle(values, v128.load(row)));
  return end + load<u32>(table + (mask << 2), SHUFFLE_COUNTS);
}

function listChannel(l: ChannelLists, x: usize, width: i32, channels: i32, position: i32, channel: i32): void {
  let end: usize = load<u32>(l.ends + (channel << 2));
  let others = 0;
  for (let column = 0; column < width; column++) {
    const value = load<f32>(x);
    store<i32>(end, position + (column << l.pixelShift));
    store<f32>(end + l.valuesAt, value);
    end += <usize>(i32(value != 0) << 2);
    others |= i32(value != 0) & i32(value != 1);
    x += channels << 2;
  }
  store<u32>(l.ends + (channel << 2), <u32>end);
  l.others |= others;
}

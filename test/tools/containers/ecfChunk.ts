import type { EventRow } from '../recordings';
import { ByteWriter } from './bytes';

/** How x, y and polarity are stored in a chunk. */
export type EcfMode = 'packed events' | 'packed columns' | 'masks';

function times(rows: readonly EventRow[], writer: ByteWriter): void {
  let before = rows[0]![0];
  for (let at = 0; at < rows.length; ) {
    const time = rows[at]![0];
    let end = at;
    while (end < rows.length && rows[end]![0] === time) {
      end++;
    }
    let wait = time - before;
    if (wait >= 15) {
      for (; wait > 0; wait = Math.floor(wait / 16)) {
        writer.u8(0xf0 | (wait & 15));
      }
    }
    const count = end - at;
    writer.u8((wait << 4) | Math.min(15, count));
    if (count >= 15) {
      writer.u16(count);
    }
    before = time;
    at = end;
  }
}

function lines(rows: readonly EventRow[], writer: ByteWriter): void {
  for (let at = 0; at < rows.length; ) {
    const y = rows[at]![2];
    let end = at;
    while (end < rows.length && rows[end]![2] === y) {
      end++;
    }
    writer.u16((y << 5) | Math.min(31, end - at));
    if (end - at >= 31) {
      writer.u16(end - at);
    }
    at = end;
  }
}

function inFours(
  values: readonly number[],
  write: (four: readonly [number, number, number, number]) => void,
): void {
  for (let at = 0; at < values.length; at += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = values.slice(at, at + 4);
    write([a, b, c, d]);
  }
}

function masks(rows: readonly EventRow[], writer: ByteWriter): void {
  for (let at = 0; at < rows.length; ) {
    const base = rows[at++]![1];
    let mask = 0;
    for (let step = 0; step < 5 && at < rows.length; step++) {
      if (rows[at]![1] === base + step + 1) {
        mask |= 1 << (4 - step);
        at++;
      }
    }
    writer.u16((base << 5) | mask);
  }
}

function polarities(rows: readonly EventRow[], writer: ByteWriter): void {
  for (let at = 0; at < rows.length; ) {
    const polarity = rows[at]![3];
    let end = at;
    while (end < rows.length && rows[end]![3] === polarity) {
      end++;
    }
    writer.u8((polarity << 7) | Math.min(127, end - at));
    if (end - at >= 127) {
      writer.u16(end - at);
    }
    at = end;
  }
}

/** One chunk of Prophesee's event compression format, by formats.md section 9. */
export function encodeEcf(rows: readonly EventRow[], mode: EcfMode): Uint8Array {
  const flags = mode === 'packed events' ? 2 : mode === 'packed columns' ? 1 : 0;
  const writer = new ByteWriter().u32(((rows.length << 2) | flags) >>> 0).u64(rows[0]![0]);
  times(rows, writer);
  if (mode === 'packed events') {
    inFours(
      rows.map(([, x, y, p]) => (y << 12) | (x << 1) | p),
      ([a, b, c, d]) => {
        writer.u32(((a << 8) | (b & 0xff)) >>> 0);
        writer.u32((((b >> 8) << 16) | (c & 0xffff)) >>> 0);
        writer.u32((((c >> 16) << 24) | d) >>> 0);
      },
    );
    return writer.done();
  }
  lines(rows, writer);
  if (mode === 'packed columns') {
    inFours(
      rows.map(([, x, , p]) => (x << 1) | p),
      ([a, b, c, d]) => {
        writer
          .u16((a << 4) | (b & 15))
          .u16(((b >> 4) << 8) | (c & 255))
          .u16(((c >> 8) << 12) | d);
      },
    );
    return writer.done();
  }
  masks(rows, writer);
  polarities(rows, writer);
  return writer.done();
}

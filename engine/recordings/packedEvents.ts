import type { EventBatch } from '../events/eventBatch';

interface PackedSpan {
  /** Start of the span in µs (inclusive); the first event's time counts from here. */
  readonly from: number;
  /** End of the span in µs (exclusive). */
  readonly to: number;
  readonly count: number;
}

/** Events of a span of time as few bytes, in time order; the shortest layout that holds them. */
export type PackedEvents = ShortEvents | WordEvents;

/**
 * Three bytes per event, the lowest first, for events that follow each other closely: column in the lowest bits, above
 * it row, polarity (one bit), and µs since the event before. Where all bits of the last are set, the next three bytes
 * hold the µs instead.
 */
export interface ShortEvents extends PackedSpan {
  readonly layout: 'short';
  readonly columnBits: number;
  readonly rowBits: number;
  readonly bytes: Uint8Array;
}

/**
 * `narrow`: one word per event, bits 31:24 µs since the event before (255: the next word holds them), bit 23 polarity,
 * bits 22:12 row, bits 11:0 column. `wide`, for sensors beyond 4096 x 2048: two words per event, row and column in 16
 * bits each, then µs since the event before and polarity in bit 0.
 */
export interface WordEvents extends PackedSpan {
  readonly layout: 'narrow' | 'wide';
  readonly words: Uint32Array;
}

/** Events of a span ready for drawing: 8 bytes each. */
export interface EventColumns {
  /** µs since the span's start, never falling. */
  readonly time: Uint32Array;
  /** Column in bits 15:0, row in bits 30:16, polarity in bit 31. */
  readonly place: Uint32Array;
}

const NARROW_COLUMN_BITS = 12;
const NARROW_ROW_BITS = 11;
const LONG_GAP = 255;
const SHORT_BITS = 24;

/** Longest span that can be packed, in µs (exclusive): offsets are 31-bit numbers in the wide layout. */
export const LONGEST_SPAN = 2 ** 31;

/** Bits of the largest column and row, as far as events are there. */
function placeBits({ x, y }: EventBatch): { readonly columnBits: number; readonly rowBits: number } {
  let columns = 0;
  let rows = 0;
  for (let index = 0; index < x.length; index++) {
    columns |= x[index]!;
    rows |= y[index]!;
  }
  return { columnBits: 32 - Math.clz32(columns), rowBits: 32 - Math.clz32(rows) };
}

/** Undefined where the events take more bytes than in the narrow layout. */
function packShort(
  { t, x, y, polarity }: EventBatch,
  from: number,
  { columnBits, rowBits }: { readonly columnBits: number; readonly rowBits: number },
): Uint8Array | undefined {
  const gapShift = columnBits + rowBits + 1;
  const longGap = 2 ** (SHORT_BITS - gapShift) - 1;
  if (longGap < 1) {
    return undefined;
  }
  const limit = t.length * 4;
  const bytes = new Uint8Array(limit);
  let length = 0;
  let before = from;
  for (let index = 0; index < t.length; index++) {
    const gap = t[index]! - before;
    before = t[index]!;
    const place = (polarity[index]! << (gapShift - 1)) | (y[index]! << columnBits) | x[index]!;
    const word = (Math.min(gap, longGap) << gapShift) | place;
    bytes[length] = word;
    bytes[length + 1] = word >>> 8;
    bytes[length + 2] = word >>> 16;
    length += 3;
    if (gap >= longGap) {
      bytes[length] = gap;
      bytes[length + 1] = gap >>> 8;
      bytes[length + 2] = gap >>> 16;
      length += 3;
      if (length > limit || gap >= 2 ** SHORT_BITS) {
        return undefined;
      }
    }
  }
  // Bytes beyond the array were not written.
  return length > limit ? undefined : bytes.slice(0, length);
}

function packNarrow({ t, x, y, polarity }: EventBatch, from: number): Uint32Array {
  const words = new Uint32Array(t.length * 2);
  let length = 0;
  let before = from;
  for (let index = 0; index < t.length; index++) {
    const gap = t[index]! - before;
    before = t[index]!;
    const place = (polarity[index]! << 23) | (y[index]! << 12) | x[index]!;
    if (gap < LONG_GAP) {
      words[length++] = (gap << 24) | place;
    } else {
      words[length++] = (LONG_GAP << 24) | place;
      words[length++] = gap;
    }
  }
  return words.slice(0, length);
}

function packWide({ t, x, y, polarity }: EventBatch, from: number): Uint32Array {
  const words = new Uint32Array(t.length * 2);
  let before = from;
  for (let index = 0; index < t.length; index++) {
    words[index * 2] = (y[index]! << 16) | x[index]!;
    words[index * 2 + 1] = ((t[index]! - before) << 1) | polarity[index]!;
    before = t[index]!;
  }
  return words;
}

/**
 * Packs events.
 * @param events in time order, all with from <= t < to.
 * @param from inclusive, in µs.
 * @param to exclusive, in µs; less than {@link LONGEST_SPAN} behind `from`.
 */
export function packEvents(events: EventBatch, from: number, to: number): PackedEvents {
  const span = { from, to, count: events.t.length };
  const bits = placeBits(events);
  const bytes = packShort(events, from, bits);
  if (bytes) {
    return { ...span, layout: 'short', ...bits, bytes };
  }
  return bits.columnBits <= NARROW_COLUMN_BITS && bits.rowBits <= NARROW_ROW_BITS
    ? { ...span, layout: 'narrow', words: packNarrow(events, from) }
    : { ...span, layout: 'wide', words: packWide(events, from) };
}

function unpackShort({ bytes, count, columnBits, rowBits }: ShortEvents): EventColumns {
  const time = new Uint32Array(count);
  const place = new Uint32Array(count);
  const columnMask = 2 ** columnBits - 1;
  const rowMask = 2 ** rowBits - 1;
  const gapShift = columnBits + rowBits + 1;
  const longGap = 2 ** (SHORT_BITS - gapShift) - 1;
  let now = 0;
  let position = 0;
  for (let index = 0; index < count; index++) {
    const word = bytes[position]! | (bytes[position + 1]! << 8) | (bytes[position + 2]! << 16);
    position += 3;
    const gap = word >>> gapShift;
    if (gap < longGap) {
      now += gap;
    } else {
      now += bytes[position]! | (bytes[position + 1]! << 8) | (bytes[position + 2]! << 16);
      position += 3;
    }
    time[index] = now;
    const polarity = (word >>> (gapShift - 1)) & 1;
    place[index] = (word & columnMask) | (((word >>> columnBits) & rowMask) << 16) | (polarity << 31);
  }
  return { time, place };
}

function unpackNarrow({ words, count }: WordEvents): EventColumns {
  const time = new Uint32Array(count);
  const place = new Uint32Array(count);
  let now = 0;
  let position = 0;
  for (let index = 0; index < count; index++) {
    const word = words[position++]!;
    const gap = word >>> 24;
    now += gap === LONG_GAP ? words[position++]! : gap;
    time[index] = now;
    place[index] = (word & 0xfff) | ((word & 0x7ff000) << 4) | ((word & 0x800000) << 8);
  }
  return { time, place };
}

function unpackWide({ words, count }: WordEvents): EventColumns {
  const time = new Uint32Array(count);
  const place = new Uint32Array(count);
  let now = 0;
  for (let index = 0; index < count; index++) {
    const gap = words[index * 2 + 1]!;
    now += gap >>> 1;
    time[index] = now;
    place[index] = (words[index * 2]! & 0x7fffffff) | ((gap & 1) << 31);
  }
  return { time, place };
}

/** The events of a packed span, in the same order. */
export function unpackEvents(packed: PackedEvents): EventColumns {
  if (packed.layout === 'short') {
    return unpackShort(packed);
  }
  return packed.layout === 'narrow' ? unpackNarrow(packed) : unpackWide(packed);
}

import type { EventBatch } from '../events/eventBatch';

/**
 * Events of a span of time as few bytes, in time order.
 * `narrow`: one word per event, bits 31:24 µs since the event before (255: the next word holds them), bit 23 polarity,
 * bits 22:12 row, bits 11:0 column. `wide`, for sensors beyond 4096 x 2048: two words per event, row and column in 16
 * bits each, then µs since the event before and polarity in bit 0.
 */
export interface PackedEvents {
  /** Start of the span in µs (inclusive); the first event's time counts from here. */
  readonly from: number;
  /** End of the span in µs (exclusive). */
  readonly to: number;
  readonly count: number;
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

const NARROW_WIDTH = 4096;
const NARROW_HEIGHT = 2048;
const LONG_GAP = 255;

/** Longest span that can be packed, in µs (exclusive): offsets are 31-bit numbers in the wide layout. */
export const LONGEST_SPAN = 2 ** 31;

function isNarrow({ x, y }: EventBatch): boolean {
  for (let index = 0; index < x.length; index++) {
    if (x[index]! >= NARROW_WIDTH || y[index]! >= NARROW_HEIGHT) {
      return false;
    }
  }
  return true;
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
  const narrow = isNarrow(events);
  return {
    from,
    to,
    count: events.t.length,
    layout: narrow ? 'narrow' : 'wide',
    words: narrow ? packNarrow(events, from) : packWide(events, from),
  };
}

function unpackNarrow({ words, count }: PackedEvents): EventColumns {
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

function unpackWide({ words, count }: PackedEvents): EventColumns {
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
  return packed.layout === 'narrow' ? unpackNarrow(packed) : unpackWide(packed);
}

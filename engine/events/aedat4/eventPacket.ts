import type { EventBatch } from '../eventBatch';
import type { EventPage } from '../eventPages';
import { FlatTable } from './flatTable';
import type { Payload } from './packets';

const EVENT_BYTES = 16;
const WORDS = EVENT_BYTES / 4;

/** Where the events of a packet stand. */
export interface EventVector {
  readonly bytes: Uint8Array;
  readonly first: number;
  readonly count: number;
}

/**
 * The events of one EVTS packet. Struct of 16 bytes: i64 t (µs), i16 x, i16 y, u8 polarity, 3 bytes of padding;
 * upper-left origin, 1 = ON (formats.md section 4).
 * @throws RangeError where the flatbuffer is damaged.
 */
export function eventVector({ bytes }: Payload): EventVector {
  return { bytes, ...FlatTable.root(bytes).vector(0, EVENT_BYTES) };
}

/** The events of one packet as a page on their memory. */
export function eventPage({ bytes, first, count }: EventVector, next: number, progress: number): EventPage {
  const words = wordsOf(bytes, first, count);
  return {
    count,
    next,
    progress,
    copy: (start, length, batch, at) => copyEvents(words, start, length, batch, at),
  };
}

/** Copies all events of a packet into `batch` from index `at` on. */
export function copyVector({ bytes, first, count }: EventVector, batch: EventBatch, at: number): void {
  copyEvents(wordsOf(bytes, first, count), 0, count, batch, at);
}

function wordsOf(bytes: Uint8Array, first: number, count: number): Int32Array {
  const start = bytes.byteOffset + first;
  return start % 4 === 0
    ? new Int32Array(bytes.buffer, start, count * WORDS)
    : new Int32Array(bytes.slice(first, first + count * EVENT_BYTES).buffer);
}

function copyEvents(words: Int32Array, start: number, length: number, batch: EventBatch, at: number): void {
  const { t, x, y, polarity } = batch;
  if (length === 0) {
    return;
  }
  let word = start * WORDS;
  // The high half of a time changes every 71 minutes.
  let high = words[word + 1]!;
  let base = high * 2 ** 32;
  for (let index = at; index < at + length; index++) {
    if (words[word + 1] !== high) {
      high = words[word + 1]!;
      base = high * 2 ** 32;
    }
    const pixel = words[word + 2]!;
    t[index] = base + (words[word]! >>> 0);
    x[index] = pixel;
    y[index] = pixel >> 16;
    polarity[index] = words[word + 3]! & 1;
    word += WORDS;
  }
}

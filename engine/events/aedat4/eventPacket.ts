import type { EventBatch } from '../eventBatch';
import { allocateEvents } from '../eventBatch';
import { type EventPage, pageOf } from '../eventPages';
import { FlatTable } from './flatTable';
import type { Payload } from './packets';

const EVENT_BYTES = 16;
const WORDS = EVENT_BYTES / 4;

/**
 * The events of one EVTS packet. Struct of 16 bytes: i64 t (µs), i16 x, i16 y, u8 polarity, 3 bytes of padding;
 * upper-left origin, 1 = ON (formats.md section 4).
 * @throws RangeError where the flatbuffer is damaged.
 */
export function eventPage({ bytes }: Payload, next: number, progress: number): EventPage {
  const { first, count } = FlatTable.root(bytes).vector(0, EVENT_BYTES);
  const words = alignedWords(bytes.subarray(first, first + count * EVENT_BYTES));
  return {
    count,
    next,
    progress,
    copy: (start, length, batch, at) => copyEvents(words, start, length, batch, at),
  };
}

/** A page without events, for packets that hold none. */
export function emptyPage(next: number, progress: number): EventPage {
  return pageOf(allocateEvents(0), next, progress);
}

function alignedWords(bytes: Uint8Array): Int32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

function copyEvents(words: Int32Array, start: number, length: number, batch: EventBatch, at: number): void {
  const { t, x, y, polarity } = batch;
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

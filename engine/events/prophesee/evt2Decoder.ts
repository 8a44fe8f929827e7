import type { WarningLog } from '../warningLog';
import { type DecodeCursor, type EventDecoder, FULL_AT, type SampleSink } from '../words/eventDecoder';
import { TimeBase } from './timeBase';

const TIME_HIGH = 0x8;
const EXTERNAL_TRIGGER = 0xa;
const WORD_BYTES = 4;

/** EVT 2.0: 32-bit little-endian words (formats.md 5.1). */
export class Evt2Decoder implements EventDecoder {
  private readonly time: TimeBase;

  constructor(
    warnings: WarningLog,
    private readonly sink?: SampleSink,
  ) {
    this.time = new TimeBase(warnings);
  }

  decode(cursor: DecodeCursor): void {
    const { bytes } = cursor;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
    let index = cursor.position >>> 2;
    // Every word is at most one event.
    const end = Math.min(words.length, index + FULL_AT + 1 - cursor.count);
    while (index < end) {
      index = this.time.base < 0 ? index : this.events(words, index, end, cursor);
      if (index < end) {
        this.otherWord(words[index]!, cursor.fileOffset + index * WORD_BYTES);
        index++;
      }
    }
    cursor.position = index * WORD_BYTES;
  }

  /** Decodes events up to the next word of another kind. @returns its index. */
  private events(words: Int32Array, begin: number, end: number, cursor: DecodeCursor): number {
    const { t, x, y, polarity } = cursor.target;
    const { base } = this.time;
    let { count } = cursor;
    let index = begin;
    for (; index < end; index++) {
      const word = words[index]!;
      if (word >>> 29 !== 0) {
        break;
      }
      t[count] = base + ((word >>> 22) & 0x3f);
      x[count] = (word >>> 11) & 0x7ff;
      y[count] = word & 0x7ff;
      polarity[count] = word >>> 28;
      count++;
    }
    cursor.count = count;
    return index;
  }

  private otherWord(word: number, place: number): void {
    const type = word >>> 28;
    if (type === TIME_HIGH) {
      this.time.set(word & 0xfffffff, place);
    } else if (type === EXTERNAL_TRIGGER) {
      this.trigger(word);
    }
  }

  private trigger(word: number): void {
    const { base } = this.time;
    if (this.sink && base >= 0) {
      const t = base + ((word >>> 22) & 0x3f);
      this.sink.add({
        kind: 'trigger',
        t,
        label: `channel ${(word >>> 8) & 0x1f}`,
        level: (word & 1) as 0 | 1,
      });
    }
  }

  snapshot(): readonly number[] {
    return this.time.snapshot();
  }

  restore(snapshot: readonly number[]): void {
    this.time.restore(snapshot);
  }
}

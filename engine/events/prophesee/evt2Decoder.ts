import { allocateEvents } from '../eventBatch';
import type { WarningLog } from '../warningLog';
import { type DecodeCursor, type EventDecoder, FULL_AT, type SampleSink } from '../words/eventDecoder';
import { lanesOf } from '../words/lanes';
import { TimeBase } from './timeBase';

const TIME_HIGH = 0x8;
const EXTERNAL_TRIGGER = 0xa;
const WORD_BYTES = 4;
/** A word of another kind. */
const NO_EVENT = -1;
const NO_EVENTS = allocateEvents(0);

/** EVT 2.0: 32-bit little-endian words (formats.md 5.1). */
export class Evt2Decoder implements EventDecoder {
  private readonly time: TimeBase;
  private lanes = lanesOf(NO_EVENTS);

  constructor(
    warnings: WarningLog,
    private readonly sink?: SampleSink,
  ) {
    this.time = new TimeBase(warnings);
  }

  decode(cursor: DecodeCursor): void {
    const { bytes } = cursor;
    this.lanes = lanesOf(cursor.target);
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

  /** Decodes events up to the next word of another kind, four at a time where they allow it. @returns its index. */
  private events(words: Int32Array, begin: number, end: number, cursor: DecodeCursor): number {
    const { t, x, y, polarity } = cursor.target;
    const { base } = this.time;
    let index = begin;
    for (; index < end; index++) {
      if ((cursor.count & 3) === 0) {
        index = this.fours(words, index, end, cursor);
      }
      const word = index < end ? words[index]! : NO_EVENT;
      if (word >>> 29 !== 0) {
        break;
      }
      const { count } = cursor;
      t[count] = base + ((word >>> 22) & 0x3f);
      x[count] = (word >>> 11) & 0x7ff;
      y[count] = word & 0x7ff;
      polarity[count] = word >>> 28;
      cursor.count = count + 1;
    }
    return index;
  }

  private fours(words: Int32Array, begin: number, end: number, cursor: DecodeCursor): number {
    const { t } = cursor.target;
    const { lanes } = this;
    const { base } = this.time;
    let { count } = cursor;
    let index = begin;
    for (; index + 3 < end; index += 4) {
      const a = words[index]!;
      const b = words[index + 1]!;
      const c = words[index + 2]!;
      const d = words[index + 3]!;
      if ((a | b | c | d) >>> 29 !== 0) {
        break;
      }
      t[count] = base + ((a >>> 22) & 0x3f);
      t[count + 1] = base + ((b >>> 22) & 0x3f);
      t[count + 2] = base + ((c >>> 22) & 0x3f);
      t[count + 3] = base + ((d >>> 22) & 0x3f);
      const pair = count >>> 1;
      lanes.x[pair] = ((a >>> 11) & 0x7ff) | ((b << 5) & 0x7ff0000);
      lanes.x[pair + 1] = ((c >>> 11) & 0x7ff) | ((d << 5) & 0x7ff0000);
      lanes.y[pair] = (a & 0x7ff) | ((b & 0x7ff) << 16);
      lanes.y[pair + 1] = (c & 0x7ff) | ((d & 0x7ff) << 16);
      lanes.polarity[count >>> 2] = (a >>> 28) | ((b >>> 28) << 8) | ((c >>> 28) << 16) | ((d >>> 28) << 24);
      count += 4;
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

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
    const { bytes, target, fileOffset } = cursor;
    const { t, x, y, polarity } = target;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
    let index = cursor.position >>> 2;
    let { count } = cursor;
    let { base } = this.time;
    for (; index < words.length && count <= FULL_AT; index++) {
      const word = words[index]!;
      const type = word >>> 28;
      if (type <= 1) {
        t[count] = base + ((word >>> 22) & 0x3f);
        x[count] = (word >>> 11) & 0x7ff;
        y[count] = word & 0x7ff;
        polarity[count] = type;
        count += base < 0 ? 0 : 1;
      } else if (type === TIME_HIGH) {
        base = this.time.set(word & 0xfffffff, fileOffset + index * WORD_BYTES);
      } else if (type === EXTERNAL_TRIGGER) {
        this.trigger(word);
      }
    }
    cursor.position = index * WORD_BYTES;
    cursor.count = count;
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

import type { WarningLog } from '../warningLog';
import { type DecodeCursor, type EventDecoder, FULL_AT, type SampleSink } from '../words/eventDecoder';
import { TimeBase } from './timeBase';

const TIME_HIGH = 0x8;
const EXTERNAL_TRIGGER = 0xa;

/** Order of the two halves of a word: `little` has the mask first, `legacy` the header. */
export type Evt21Order = 'little' | 'legacy';

/** EVT 2.1: 64-bit words, each up to 32 pixels of a row (formats.md 5.2). */
export class Evt21Decoder implements EventDecoder {
  private readonly time: TimeBase;
  /** Which of the two halves of a word is the header. */
  private readonly headAt: 0 | 1;

  constructor(
    order: Evt21Order,
    warnings: WarningLog,
    private readonly sink?: SampleSink,
  ) {
    this.time = new TimeBase(warnings);
    this.headAt = order === 'little' ? 1 : 0;
  }

  decode(cursor: DecodeCursor): void {
    const { bytes, target } = cursor;
    const { t, x, y, polarity } = target;
    const halves = new Int32Array(bytes.buffer, bytes.byteOffset, (bytes.length >>> 3) << 1);
    const { headAt } = this;
    const end = halves.length;
    let index = (cursor.position >>> 3) << 1;
    let count = cursor.count;
    let { base } = this.time;
    while (index < end && count <= FULL_AT) {
      const head = halves[index + headAt]!;
      const rest = halves[index + 1 - headAt]!;
      index += 2;
      const type = head >>> 28;
      if (type <= 1) {
        const time = base + ((head >>> 22) & 0x3f);
        const row = head & 0x7ff;
        const column = (head >>> 11) & 0x7ff;
        for (let mask = base < 0 ? 0 : rest; mask !== 0; mask &= mask - 1) {
          t[count] = time;
          x[count] = column + 31 - Math.clz32(mask & -mask);
          y[count] = row;
          polarity[count] = type;
          count++;
        }
      } else if (type === TIME_HIGH) {
        base = this.time.set(head & 0xfffffff, cursor.fileOffset + (index - 2) * 4);
      } else if (type === EXTERNAL_TRIGGER) {
        this.trigger(head);
      }
    }
    cursor.position = index * 4;
    cursor.count = count;
  }

  private trigger(head: number): void {
    const { base } = this.time;
    if (this.sink && base >= 0) {
      const t = base + ((head >>> 22) & 0x3f);
      this.sink.add({
        kind: 'trigger',
        t,
        label: `channel ${(head >>> 8) & 0x1f}`,
        level: (head & 1) as 0 | 1,
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

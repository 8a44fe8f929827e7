import { type DecodeCursor, type EventDecoder, FULL_AT, type SampleSink } from '../words/eventDecoder';
import { JaerClock } from './jaerClock';

const LAST_PIXEL = 127;
/** Bit 15 marks external input, bit 31 other special events. */
const SPECIAL = 0x80008000;

/** Big-endian records of a DVS128: 16-bit (AEDAT 1.0) or 32-bit address (2.0), 32-bit µs (formats.md 2). */
export class Dvs128Decoder implements EventDecoder {
  private readonly clock = new JaerClock();

  constructor(
    private readonly recordBytes: 6 | 8,
    private readonly sink?: SampleSink,
  ) {}

  decode(cursor: DecodeCursor): void {
    const { bytes, target } = cursor;
    const { t, x, y, polarity } = target;
    const { recordBytes, clock } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const last = bytes.length - recordBytes;
    let { position, count } = cursor;
    for (; position <= last && count <= FULL_AT; position += recordBytes) {
      const address = recordBytes === 8 ? view.getInt32(position) : view.getUint16(position);
      const time = clock.at(view.getUint32(position + recordBytes - 4));
      if ((address & SPECIAL) === 0) {
        t[count] = time;
        x[count] = LAST_PIXEL - ((address >>> 1) & 0x7f);
        y[count] = LAST_PIXEL - ((address >>> 8) & 0x7f);
        polarity[count] = (address & 1) ^ 1;
        count++;
      } else {
        this.sink?.add({ kind: 'trigger', t: time, label: address < 0 ? 'special event' : 'external input' });
      }
    }
    cursor.position = position;
    cursor.count = count;
  }

  snapshot(): readonly number[] {
    return this.clock.snapshot();
  }

  restore(snapshot: readonly number[]): void {
    this.clock.restore(snapshot);
  }
}

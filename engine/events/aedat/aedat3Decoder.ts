import type { TrackSample } from '../tracks';
import type { WarningLog } from '../warningLog';
import { type DecodeCursor, type EventDecoder, FULL_AT, type SampleSink } from '../words/eventDecoder';
import { frameSample, imuSample, specialSample } from './aedat3Samples';

const HEAD_BYTES = 28;
const POLARITY_BYTES = 8;
const OVERFLOW_SPAN = 2 ** 31;
/** Times stay below 2^53. */
const MAX_OVERFLOW = 2 ** 21;
const TYPE = { special: 0, polarity: 1, frame: 2, imu6: 3, imu9: 4 } as const;
/** Larger events are damage: the largest real ones are colour frames of a megapixel. */
const MAX_EVENT_BYTES = 1 << 26;

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** AEDAT 3.1 packets, little endian (formats.md 3). */
export class Aedat3Decoder implements EventDecoder {
  private type = 0;
  private eventBytes = 0;
  /** Events of the packet that are still to come. */
  private left = 0;
  /** Bytes behind the last event of the packet. */
  private tail = 0;
  /** µs of the packet's timestamp overflows. */
  private base = 0;

  /** @param device id of the source whose events are wanted; undefined: all */
  constructor(
    private readonly device: number | undefined,
    private readonly warnings: WarningLog,
    private readonly sink?: SampleSink,
  ) {}

  decode(cursor: DecodeCursor): void {
    const { bytes } = cursor;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let before = -1;
    while (cursor.position !== before && cursor.count <= FULL_AT && !cursor.ended) {
      before = cursor.position;
      if (this.left > 0) {
        this.events(cursor, view);
      } else if (this.tail > 0) {
        cursor.position += this.tail;
        this.tail = 0;
      } else if (cursor.position + HEAD_BYTES <= bytes.length) {
        this.head(cursor, view);
      }
    }
  }

  private head(cursor: DecodeCursor, view: DataView): void {
    const at = cursor.position;
    const type = view.getInt16(at, true);
    const device = view.getInt16(at + 2, true);
    const size = view.getInt32(at + 4, true);
    const capacity = view.getInt32(at + 16, true);
    const number = view.getInt32(at + 20, true);
    const overflow = view.getInt32(at + 12, true);
    const sane = type >= 0 && size > 0 && size <= MAX_EVENT_BYTES && isBetween(overflow, 0, MAX_OVERFLOW);
    if (!sane || !isBetween(number, 0, capacity)) {
      this.warnings.add('a packet header makes no sense: what follows was left out', cursor.fileOffset + at);
      cursor.ended = true;
      return;
    }
    const wanted = this.isWanted(type, size) && (this.device ?? device) === device;
    this.type = type;
    this.eventBytes = size;
    this.base = overflow * OVERFLOW_SPAN;
    this.left = wanted ? number : 0;
    this.tail = (capacity - this.left) * size;
    cursor.position += HEAD_BYTES;
  }

  private isWanted(type: number, size: number): boolean {
    if (!this.sink) {
      return type === TYPE.polarity && size === POLARITY_BYTES;
    }
    switch (this.sink.kind) {
      case 'frame':
        return type === TYPE.frame;
      case 'imu':
        return type === TYPE.imu6 || type === TYPE.imu9;
      case 'trigger':
        return type === TYPE.special && size === POLARITY_BYTES;
    }
  }

  private events(cursor: DecodeCursor, view: DataView): void {
    if (this.type === TYPE.polarity) {
      this.polarityEvents(cursor, view);
    } else if (cursor.position + this.eventBytes <= view.byteLength) {
      const sample = this.sample(view, cursor.position);
      if (sample) {
        this.sink?.add(sample);
      }
      cursor.position += this.eventBytes;
      this.left--;
    } else {
      cursor.need = this.eventBytes;
    }
  }

  private sample(view: DataView, offset: number): TrackSample | undefined {
    if (this.type === TYPE.special) {
      return specialSample(view, offset, this.base);
    }
    return this.type === TYPE.frame
      ? frameSample(view, offset, this.eventBytes, this.base)
      : imuSample(view, offset, this.eventBytes, this.base);
  }

  private polarityEvents(cursor: DecodeCursor, view: DataView): void {
    const { t, x, y, polarity } = cursor.target;
    const { base } = this;
    let { position, count } = cursor;
    const whole = Math.floor((view.byteLength - position) / POLARITY_BYTES);
    const events = Math.max(0, Math.min(this.left, whole, FULL_AT + 1 - count));
    for (let event = 0; event < events; event++) {
      const word = view.getInt32(position, true);
      t[count] = base + view.getInt32(position + 4, true);
      x[count] = word >>> 17;
      y[count] = (word >>> 2) & 0x7fff;
      polarity[count] = (word >>> 1) & 1;
      count += word & 1;
      position += POLARITY_BYTES;
    }
    this.left -= events;
    cursor.position = position;
    cursor.count = count;
  }

  incomplete(): boolean {
    return this.left > 0 || this.tail > 0;
  }

  snapshot(): readonly number[] {
    return [this.type, this.eventBytes, this.left, this.tail, this.base];
  }

  restore([type = 0, eventBytes = 0, left = 0, tail = 0, base = 0]: readonly number[]): void {
    Object.assign(this, { type, eventBytes, left, tail, base });
  }
}

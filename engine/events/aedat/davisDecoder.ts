import type { SensorSize } from '../eventBatch';
import type { TrackSample } from '../tracks';
import { type DecodeCursor, type EventDecoder, FULL_AT, type SampleSink } from '../words/eventDecoder';
import { DavisFrames } from './davisFrames';
import { DavisImu } from './davisImu';
import { JaerClock } from './jaerClock';

const RECORD_BYTES = 8;
const EXTERNAL_INPUT = 1 << 10;
const READ = { reset: 0, signal: 1, imu: 3 } as const;

/** Big-endian AEDAT 2.0 records of a DAVIS: events, brightness samples and IMU words (formats.md 2). */
export class DavisDecoder implements EventDecoder {
  private readonly clock = new JaerClock();
  private readonly samples: DavisSamples | undefined;

  constructor(
    private readonly size: SensorSize,
    sink?: SampleSink,
  ) {
    this.samples = sink && new DavisSamples(size, sink);
  }

  decode(cursor: DecodeCursor): void {
    const { bytes, target } = cursor;
    const { t, x, y, polarity } = target;
    const { clock } = this;
    const right = this.size.width - 1;
    const bottom = this.size.height - 1;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const last = bytes.length - RECORD_BYTES;
    let { position, count } = cursor;
    for (; position <= last && count <= FULL_AT; position += RECORD_BYTES) {
      const address = view.getInt32(position);
      const time = clock.at(view.getUint32(position + 4));
      if (address >= 0 && (address & EXTERNAL_INPUT) === 0) {
        t[count] = time;
        x[count] = right - ((address >>> 12) & 0x3ff);
        y[count] = bottom - ((address >>> 22) & 0x1ff);
        polarity[count] = (address >>> 11) & 1;
        count++;
      } else {
        this.samples?.add(address, time);
      }
    }
    cursor.position = position;
    cursor.count = count;
  }

  pending(): number {
    return this.samples?.pending ?? 0;
  }

  snapshot(): readonly number[] {
    return this.clock.snapshot();
  }

  restore(snapshot: readonly number[]): void {
    this.clock.restore(snapshot);
  }
}

/** What a DAVIS sends beside its events; only samples of the sink's kind are put together. */
class DavisSamples {
  private readonly frames: DavisFrames;
  private readonly imu = new DavisImu();

  constructor(
    private readonly size: SensorSize,
    private readonly sink: SampleSink,
  ) {
    this.frames = new DavisFrames(size);
  }

  get pending(): number {
    return this.sink.kind === 'frame' ? this.frames.pending : this.imu.pending;
  }

  add(address: number, t: number): void {
    const { kind } = this.sink;
    const sample = address >= 0 ? externalInput(t) : this.apsSample(address, t, kind);
    if (sample?.kind === kind) {
      this.sink.add(sample);
    }
  }

  private apsSample(address: number, t: number, kind: SampleSink['kind']): TrackSample | undefined {
    const read = (address >>> 10) & 3;
    if (read === READ.imu) {
      return kind === 'imu' ? this.imu.add(address, t) : undefined;
    }
    return kind === 'frame' ? this.brightness(address, read, t) : undefined;
  }

  private brightness(address: number, read: number, t: number): TrackSample | undefined {
    const { width, height } = this.size;
    const column = width - 1 - ((address >>> 12) & 0x3ff);
    const row = height - 1 - ((address >>> 22) & 0x1ff);
    if (column < 0 || row < 0) {
      return undefined;
    }
    if (read === READ.signal) {
      return this.frames.addSignal(row * width + column, address & 0x3ff);
    }
    if (read === READ.reset) {
      this.frames.addReset(row, column, address & 0x3ff, t);
    }
    return undefined;
  }
}

function externalInput(t: number): TrackSample {
  return { kind: 'trigger', t, label: 'external input' };
}

import { POLARITY_CHANNELS } from '../events/frames';
import { type AugmentationKey, augmentFrames } from './augmentation';
import type { AugmentationConfiguration } from './augmentationSchema';
import { maskLength, planeLength, type SharedPack, unpackFrames } from './framePack';
import { frameLength } from './frameRule';
import { type FrameStore, placeOf } from './frameStore';
import type { PackedFrames } from './packedFrames';
import { PackedWriter } from './packedWriter';
import { type PlaneSource, type PlaneWriter, planeWriter } from './planeSource';

/** What batches are assembled from: plain data in shared memory, so that it travels to threads. */
export interface BatchSources {
  readonly train: FrameStore;
  readonly test: FrameStore;
  /** Of training recordings. */
  readonly augmentation: AugmentationConfiguration;
  /** Absent where there are no static images. */
  readonly planes?: PlaneSource;
}

/** One batch to assemble: what was drawn for it. */
export interface BatchOrder {
  readonly part: 'train' | 'test';
  /** Indices into the part, length B. */
  readonly recordings: Uint32Array;
  /** Indices of static images; absent: none. */
  readonly images?: Uint32Array;
  /** Of the augmentation's draws; absent: no augmentation. */
  readonly key?: AugmentationKey;
  /** Of a batch that is not used any more; the new one may take it. */
  readonly memory?: ArrayBuffer;
}

/** Assembles batches; does the work of every pixel. */
export class BatchAssembler {
  private readonly writePlane?: PlaneWriter;
  /** Frames of one recording, where they must be seen with their zeros. */
  private scratch?: Float32Array<ArrayBuffer>;

  constructor(private readonly sources: BatchSources) {
    const { planes, train } = sources;
    this.writePlane = planes && planeWriter(planes, train.rule.size);
  }

  /**
   * The frames of the recordings, [B, T] of [S, S, 2] (channel 0 = OFF, 1 = ON), and the planes of the images, in their
   * order.
   */
  assemble(order: BatchOrder): PackedFrames {
    const { recordings, images, part } = order;
    const { rule } = this.sources[part];
    const sizes = {
      frames: recordings.length * rule.timeSteps,
      planes: images?.length ?? 0,
      pixels: rule.size ** 2,
      channels: POLARITY_CHANNELS,
      valueBytes: this.valueBytes(order),
    };
    const writer = new PackedWriter(sizes, order.memory);
    images?.forEach((image, slot) => {
      this.writePlane?.(image, writer.plane(slot), 0);
    });
    recordings.forEach((sample, slot) => {
      this.addRecording(writer, order, sample, slot);
    });
    return writer.finish();
  }

  private augments({ key }: BatchOrder): boolean {
    return key !== undefined && this.sources.augmentation.kind !== 'none';
  }

  /** Bytes hold what is counted, also where pixels are moved. */
  private valueBytes(order: BatchOrder): 1 | 4 {
    const addsNoise = this.augments(order) && this.sources.augmentation.kind === 'noise';
    const store = this.sources[order.part];
    const areCounts = order.recordings.every((sample) => placeOf(store, sample).pack.kind === 'bytes');
    return areCounts && !addsNoise ? 1 : 4;
  }

  private addRecording(writer: PackedWriter, order: BatchOrder, sample: number, slot: number): void {
    const store = this.sources[order.part];
    const { pack, recording } = placeOf(store, sample);
    if (order.key && this.augments(order)) {
      writer.addDense(this.augmented(store, pack, recording, { ...order.key, firstSlot: slot }));
    } else if (pack.kind === 'bytes') {
      const length = frameLength(store.rule);
      writer.addDense(pack.values.subarray(recording * length, (recording + 1) * length));
    } else {
      const bytesPerFrame = maskLength(store.rule);
      const { timeSteps } = store.rule;
      const bits = { bytes: pack.present, start: recording * timeSteps * bytesPerFrame, bytesPerFrame };
      const values = pack.values.subarray(pack.starts[recording], pack.starts[recording + 1]);
      writer.addSparse(bits, values, timeSteps);
    }
  }

  private augmented(
    { rule }: FrameStore,
    pack: SharedPack,
    recording: number,
    key: AugmentationKey,
  ): Float32Array {
    const { timeSteps, size } = rule;
    const length = frameLength(rule);
    const frames = this.scratch?.length === length ? this.scratch.fill(0) : new Float32Array(length);
    this.scratch = frames;
    unpackFrames(pack, recording, rule, { values: frames, offset: 0, stride: planeLength(rule) });
    augmentFrames({ frames, timeSteps, pairs: 1, size }, this.sources.augmentation, key);
    return frames;
  }
}

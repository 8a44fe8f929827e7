import path from 'node:path';
import type { MethodName } from '../methods/methodPreset';
import type { FramesConfiguration } from '../training/configurationSchema';
import { AheadOfUse } from './aheadOfUse';
import type { AugmentationConfiguration } from './augmentationSchema';
import type { BatchSources } from './batchAssembler';
import { BatchThreads } from './batchThreads';
import { throwIfCancelled } from './decodePool';
import { divideEvents } from './dividedEvents';
import type { EventDataConfiguration } from './eventDataSchema';
import { frameRuleOf } from './eventSets/eventSets';
import { defaultCacheFolder, openFrameCache } from './frameCache';
import { type FrameStore, type LoadFramesOptions, loadFrames } from './frameStore';
import type { ImageDataConfiguration } from './imageDataSchema';
import { lateClockWarnings } from './lateClock';
import type { ManifestEntry, SplitManifest } from './manifest';
import type { PackedFrames } from './packedFrames';
import type { PairingPolicy } from './pairing';
import { colourBatch, loadPartnerImages } from './partnerImages';
import { checkBatchSize } from './sampler';
import type { LastBatch, Sampling } from './samplingSchema';
import type { SplitConfiguration } from './splitSchema';
import { type DrawParts, labelsOf, type TrainDraw, trainDraws } from './trainDraws';

/** What {@link loadTransferData} needs of a run configuration; folders are absolute. */
export interface TransferDataConfiguration {
  readonly events: EventDataConfiguration;
  readonly images?: ImageDataConfiguration;
  readonly pairing?: PairingPolicy;
  readonly split: SplitConfiguration;
  readonly sampling: Sampling;
  readonly lastBatch: LastBatch;
  readonly augmentation: AugmentationConfiguration;
  readonly frames: FramesConfiguration;
  readonly cacheFolder?: string;
  readonly batchPairs: number;
  readonly seed: number;
  readonly method: MethodName;
}

/** Progress of a load, in recordings (or images). */
export interface LoadProgress {
  readonly done: number;
  readonly total: number;
}

/** How {@link loadTransferData} runs. */
export interface LoadOptions {
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
  /** The bundle of worker.ts. Default: worker.js beside the running bundle. */
  readonly workerFile?: string;
}

/** Batch of one training iteration. T time steps, B pairs, S x S pixels. */
export interface TrainBatch {
  /**
   * Frames of event counts, [B, T] of [S, S, 2], channel 0 = OFF, 1 = ON; planes of the static partners, B of [S, S],
   * none for events-only.
   */
  readonly packed: PackedFrames;
  /** Classes of the pairs, length B. */
  readonly labels: Int32Array<ArrayBuffer>;
  /** Image indices of the static partners, length B; absent for events-only. */
  readonly partners?: Uint32Array;
}

/** Batch of test recordings; `count` = B. */
export interface TestBatch {
  /** Frames of event counts, [B, T] of [S, S, 2]; channel 0 = OFF, 1 = ON. */
  readonly packed: PackedFrames;
  readonly labels: Int32Array<ArrayBuffer>;
  readonly count: number;
}

/** The data of a transfer run, in memory. Owns the threads that assemble its batches. */
export interface TransferData {
  readonly classes: readonly string[];
  readonly manifest: SplitManifest;
  /** What the user should know, but what stops nothing. */
  readonly warnings: readonly string[];
  readonly trainCount: number;
  readonly testCount: number;
  /** T. */
  readonly timeSteps: number;
  /** S in pixels. */
  readonly size: number;
  /** Full batches in one pass over the training recordings (at least 1). */
  readonly iterationsPerEpoch: number;
  /**
   * The batch of an iteration (from 0): decided by seed and iteration alone. Those after it are assembled meanwhile.
   * The next batch but one, also of test recordings, may take its memory.
   * @param iterations of the run; default: without end.
   * @throws SpikeBridgeError (data) when a thread dies.
   */
  trainBatch(iteration: number, iterations?: number): Promise<TrainBatch>;
  /** Loads the colours that {@link colourImages} gives in one size; absent for events-only. */
  prepareColours?(size: number): Promise<void>;
  /** Static images by index as a teacher sees them: [B, size, size, 3] in [0, 1]; absent for events-only. */
  colourImages?(images: readonly number[], size: number): Float32Array<ArrayBuffer>;
  /** Names of the photos of test recordings among all images; absent for events-only. */
  readonly testPhotos?: readonly string[];
  /** All test recordings in manifest order; the last batch may be smaller. Memory as of {@link trainBatch}. */
  testBatches(batch: number): AsyncIterable<TestBatch>;
  /** Ends the threads. */
  dispose(): Promise<void>;
}

async function* testBatches(
  threads: BatchThreads,
  entries: readonly ManifestEntry[],
  batch: number,
): AsyncGenerator<TestBatch> {
  const recordingsOf = (index: number) => {
    const start = index * batch;
    const count = Math.min(batch, entries.length - start);
    return Uint32Array.from({ length: count }, (_, slot) => start + slot);
  };
  const ahead = new AheadOfUse(
    (index) => threads.assemble({ part: 'test', recordings: recordingsOf(index) }),
    threads.ahead,
  );
  const batches = Math.ceil(entries.length / batch);
  for (let index = 0; index < batches; index++) {
    const packed = await ahead.take(index, batches);
    threads.give(packed);
    const recordings = recordingsOf(index);
    yield { packed, labels: labelsOf(entries, recordings), count: recordings.length };
  }
}

function frameOptions(
  configuration: TransferDataConfiguration,
  options: LoadOptions,
  total: number,
  warnings: string[],
): LoadFramesOptions {
  const folder = configuration.cacheFolder ?? defaultCacheFolder();
  let done = 0;
  let failed = false;
  return {
    cache: openFrameCache(folder),
    decode: { signal: options.signal, workerFile: options.workerFile },
    onLoaded(recordings) {
      done += recordings;
      options.onProgress?.({ done, total });
    },
    onCacheFailure(error) {
      if (!failed) {
        warnings.push(`frames are not cached, ${folder} cannot be written: ${(error as Error).message}`);
      }
      failed = true;
    },
  };
}

/** Everything a {@link TransferData} is made from. */
interface LoadedParts extends DrawParts {
  readonly warnings: readonly string[];
  readonly train: FrameStore;
  readonly test: FrameStore;
}

/** Training batches by iteration, assembled ahead. */
function trainBatches(
  threads: BatchThreads,
  drawOf: (iteration: number) => TrainDraw,
): TransferData['trainBatch'] {
  const ahead = new AheadOfUse(async (iteration): Promise<TrainBatch> => {
    const { order, ...drawn } = drawOf(iteration);
    return { packed: await threads.assemble(order), ...drawn };
  }, threads.ahead);
  return async (iteration, iterations = Number.POSITIVE_INFINITY) => {
    const batch = await ahead.take(iteration, iterations);
    threads.give(batch.packed);
    return batch;
  };
}

function transferDataOf(
  parts: LoadedParts,
  configuration: TransferDataConfiguration,
  { workerFile }: LoadOptions,
): TransferData {
  const { manifest, warnings, train, test, imagePart } = parts;
  const { frames, batchPairs, augmentation } = configuration;
  const { timeSteps, sizePixels: size } = frames;
  const planes = imagePart?.images.planes;
  const sources: BatchSources = { train, test, augmentation, ...(planes && { planes }) };
  const threads = new BatchThreads(sources, workerFile);
  return {
    classes: manifest.classes,
    manifest,
    warnings,
    trainCount: train.count,
    testCount: test.count,
    timeSteps,
    size,
    iterationsPerEpoch: Math.floor(train.count / batchPairs),
    trainBatch: trainBatches(threads, trainDraws(parts, configuration)),
    testBatches: (batch) => testBatches(threads, manifest.test, batch),
    dispose: () => threads.dispose(),
    ...(imagePart && {
      testPhotos: imagePart.testPhotos,
      prepareColours: (side) => imagePart.images.prepareColours(side),
      colourImages: (chosen, side) => colourBatch(imagePart.images, chosen, side),
    }),
  };
}

/**
 * Loads recordings and images of a run: lists and divides the data set, decodes and bins the recordings (methods.md
 * 3.2) in worker threads or takes them from the cache, and reads the images of the same classes.
 * @throws SpikeBridgeError (data, configuration) naming file, place and next step; (cancelled) on abort.
 */
export async function loadTransferData(
  configuration: TransferDataConfiguration,
  options: LoadOptions = {},
): Promise<TransferData> {
  const { events, split, frames, batchPairs } = configuration;
  throwIfCancelled(options.signal);
  const divided = await divideEvents(events, split);
  const { root, classTotals } = divided;
  checkBatchSize(divided.manifest.train.length, batchPairs);
  const imagePart = await loadPartnerImages(configuration, divided, options);
  const manifest = imagePart?.manifest ?? divided.manifest;
  const warnings = [...divided.warnings, ...(imagePart?.warnings ?? [])];
  const total = manifest.train.length + manifest.test.length;
  const loading = frameOptions(configuration, options, total, warnings);
  const rule = frameRuleOf(events, frames);
  const load = (entries: readonly ManifestEntry[]) =>
    loadFrames(
      entries.map(({ file, slice }) => ({ file: path.join(root, file), ...(slice && { slice }) })),
      rule,
      loading,
    );
  const train = await load(manifest.train);
  const test = await load(manifest.test);
  warnings.push(...lateClockWarnings(train));
  const parts = { manifest, classTotals, warnings, train, test, ...(imagePart && { imagePart }) };
  return transferDataOf(parts, configuration, options);
}

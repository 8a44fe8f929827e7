import path from 'node:path';
import { POLARITY_CHANNELS } from '../events/frames';
import type { MethodName } from '../methods/methodPreset';
import type { FramesConfiguration } from '../training/configurationSchema';
import { augmentFrames } from './augmentation';
import type { AugmentationConfiguration } from './augmentationSchema';
import { BatchMemory } from './batchMemory';
import { throwIfCancelled } from './decodePool';
import { divideEvents } from './dividedEvents';
import type { EventDataConfiguration } from './eventDataSchema';
import { frameRuleOf } from './eventSets/eventSets';
import { defaultCacheFolder, openFrameCache } from './frameCache';
import { type FrameStore, type LoadFramesOptions, loadFrames } from './frameStore';
import type { ImageDataConfiguration } from './imageDataSchema';
import { lateClockWarnings } from './lateClock';
import type { ManifestEntry, SplitManifest } from './manifest';
import { drawPartners, type PairingPolicy } from './pairing';
import { colourBatch, loadPartnerImages, type PartnerImages, writeStatics } from './partnerImages';
import { checkBatchSize, classWeights, type Sampler, shuffledSampler, weightedSampler } from './sampler';
import type { LastBatch, Sampling } from './samplingSchema';
import type { SplitConfiguration } from './splitSchema';

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
  /** Event counts [T, B, S, S, 2]; channel 0 = OFF, 1 = ON. */
  readonly events: Float32Array<ArrayBuffer>;
  /** Static partners [T, B, S, S, 2], equal in all T * 2 planes of a pair; absent for events-only. */
  readonly statics?: Float32Array<ArrayBuffer>;
  /** Classes of the pairs, length B. */
  readonly labels: Int32Array<ArrayBuffer>;
  /** Image indices of the static partners, length B; absent for events-only. */
  readonly partners?: Uint32Array;
}

/** Batch of test recordings; `count` = B. */
export interface TestBatch {
  /** Event counts [T, B, S, S, 2]; channel 0 = OFF, 1 = ON. */
  readonly events: Float32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
  readonly count: number;
}

/** The data of a transfer run, in memory. */
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
   * The batch of an iteration (from 0): decided by seed and iteration alone.
   * @param batch pairs; default the configured batchPairs. @param memory that takes it; default: fresh one.
   */
  trainBatch(iteration: number, batch?: number, memory?: BatchMemory): TrainBatch;
  /** Loads the colours that {@link colourImages} gives in one size; absent for events-only. */
  prepareColours?(size: number): Promise<void>;
  /** Static images by index as a teacher sees them: [B, size, size, 3] in [0, 1]; absent for events-only. */
  colourImages?(images: readonly number[], size: number): Float32Array<ArrayBuffer>;
  /** Names of the photos of test recordings among all images; absent for events-only. */
  readonly testPhotos?: readonly string[];
  /** All test recordings in manifest order; the last batch may be smaller. */
  testBatches(batch: number): Iterable<TestBatch>;
}

function labelsOf(entries: readonly ManifestEntry[], indices: ArrayLike<number>): Int32Array<ArrayBuffer> {
  return Int32Array.from(indices, (index) => entries[index]!.label);
}

function* testBatches(
  store: FrameStore,
  entries: readonly ManifestEntry[],
  batch: number,
): Generator<TestBatch> {
  for (let start = 0; start < store.count; start += batch) {
    const count = Math.min(batch, store.count - start);
    const indices = Uint32Array.from({ length: count }, (_, slot) => start + slot);
    yield { events: store.batch(indices), labels: labelsOf(entries, indices), count };
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

/** Everything a {@link TransferData} draws its batches from. */
interface LoadedParts {
  readonly manifest: SplitManifest;
  readonly classTotals: readonly number[];
  readonly warnings: readonly string[];
  readonly train: FrameStore;
  readonly test: FrameStore;
  readonly imagePart?: PartnerImages;
}

/** One sampler per batch size. */
function samplersOf(
  { manifest, classTotals }: LoadedParts,
  { sampling, lastBatch, seed }: TransferDataConfiguration,
): (batch: number) => Sampler {
  const samplers = new Map<number, Sampler>();
  const labels = manifest.train.map(({ label }) => label);
  const create = (batch: number) =>
    sampling === 'class-weighted'
      ? weightedSampler(classWeights(labels, classTotals), batch, seed, lastBatch)
      : shuffledSampler(labels.length, batch, seed, lastBatch);
  return (batch) => {
    const sampler = samplers.get(batch) ?? create(batch);
    samplers.set(batch, sampler);
    return sampler;
  };
}

function transferDataOf(parts: LoadedParts, configuration: TransferDataConfiguration): TransferData {
  const { manifest, warnings, train, test, imagePart } = parts;
  const { frames, batchPairs, seed, pairing, augmentation } = configuration;
  const { timeSteps, sizePixels: size } = frames;
  const samplerOf = samplersOf(parts, configuration);

  function eventsOf(recordings: Uint32Array, iteration: number, memory: Float32Array<ArrayBuffer>) {
    const batch = { frames: train.batch(recordings, memory), timeSteps, pairs: recordings.length, size };
    augmentFrames(batch, augmentation, { seed, iteration });
    return batch.frames;
  }

  /** Statics and events lie one after the other, as the network takes them (training/trainingBatch.ts). */
  function pairsOf(
    { images, pool }: PartnerImages,
    recordings: Uint32Array,
    labels: Int32Array,
    iteration: number,
    memory: Float32Array<ArrayBuffer>,
  ) {
    const length = memory.length / 2;
    const statics = memory.subarray(0, length);
    const partners = drawPartners(pool, labels, seed, iteration, {
      policy: pairing,
      imageCount: images.count,
      wholeSet: images.imagesOfClass,
    });
    writeStatics(images, partners, size, statics);
    return { statics, partners, events: eventsOf(recordings, iteration, memory.subarray(length)) };
  }

  return {
    classes: manifest.classes,
    manifest,
    warnings,
    trainCount: train.count,
    testCount: test.count,
    timeSteps,
    size,
    iterationsPerEpoch: Math.floor(train.count / batchPairs),
    trainBatch(iteration, batch = batchPairs, memory = new BatchMemory()) {
      const recordings = samplerOf(batch).batchAt(iteration);
      const labels = labelsOf(manifest.train, recordings);
      const length = timeSteps * recordings.length * size ** 2 * POLARITY_CHANNELS;
      return imagePart
        ? { ...pairsOf(imagePart, recordings, labels, iteration, memory.take(2 * length)), labels }
        : { events: eventsOf(recordings, iteration, memory.take(length)), labels };
    },
    testBatches: (batch) => testBatches(test, manifest.test, batch),
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
  warnings.push(...lateClockWarnings(train, rule));
  const parts = { manifest, classTotals, warnings, train, test, ...(imagePart && { imagePart }) };
  return transferDataOf(parts, configuration);
}

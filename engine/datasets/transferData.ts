import path from 'node:path';
import { SpikeBridgeError } from '../errors';
import { POLARITY_CHANNELS } from '../events/frames';
import { NMNIST_SENSOR } from '../events/nmnistBin';
import type { MethodName } from '../methods/methodPreset';
import type { FramesConfiguration } from '../training/configurationSchema';
import { throwIfCancelled } from './decodePool';
import type { EventDataConfiguration } from './eventDataSchema';
import { defaultCacheFolder, openFrameCache } from './frameCache';
import type { FrameRule } from './framePack';
import { type FrameStore, type LoadFramesOptions, loadFrames } from './frameStore';
import type { ImageDataConfiguration } from './imageDataSchema';
import type { ManifestEntry, SplitManifest } from './manifest';
import { loadMnist } from './mnist';
import { scanNmnist } from './nmnist';
import { drawPartners, type PairingPolicy } from './pairing';
import { checkBatchSize, type Sampler, shuffledSampler } from './sampler';
import type { StaticImages } from './staticImages';

/** What {@link loadTransferData} needs of a run configuration; folders are absolute. */
export interface TransferDataConfiguration {
  readonly events: EventDataConfiguration;
  readonly images?: ImageDataConfiguration;
  readonly pairing?: PairingPolicy;
  readonly frames: FramesConfiguration;
  readonly cacheFolder?: string;
  readonly batchPairs: number;
  readonly seed: number;
  readonly method: MethodName;
}

/** Progress of a load, in recordings. */
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
   * The batch of an iteration (from 0): decided by seed and iteration alone, in fresh memory.
   * @param batch pairs; default the configured batchPairs.
   */
  trainBatch(iteration: number, batch?: number): TrainBatch;
  /** Static images by index as a teacher sees them: [B, size, size, 3] in [0, 1]; absent for events-only. */
  colourImages?(images: readonly number[], size: number): Float32Array<ArrayBuffer>;
  /** All test recordings in manifest order; the last batch may be smaller. */
  testBatches(batch: number): Iterable<TestBatch>;
}

function labelsOf(entries: readonly ManifestEntry[], indices: ArrayLike<number>): Int32Array<ArrayBuffer> {
  return Int32Array.from(indices, (index) => entries[index]!.label);
}

/** Copies static planes to 2 channels and T steps (methods.md 3.3): [T, B, S, S, 2]. */
function staticBatch(images: StaticImages, partners: Uint32Array, timeSteps: number, size: number) {
  const pixels = size * size;
  const step = partners.length * pixels * POLARITY_CHANNELS;
  const batch = new Float32Array(timeSteps * step);
  const plane = new Float32Array(pixels);
  partners.forEach((image, slot) => {
    images.writePlane(image, plane, 0);
    let position = slot * pixels * POLARITY_CHANNELS;
    for (const value of plane) {
      batch[position++] = value;
      batch[position++] = value;
    }
  });
  for (let copy = 1; copy < timeSteps; copy++) {
    batch.copyWithin(copy * step, 0, step);
  }
  return batch;
}

/** Images as a teacher sees them: [B, size, size, 3] in [0, 1]. */
function colourBatch(
  images: StaticImages,
  chosen: readonly number[],
  size: number,
): Float32Array<ArrayBuffer> {
  const colours = images.colours(size);
  const batch = new Float32Array(chosen.length * size * size * 3);
  for (const [slot, image] of chosen.entries()) {
    colours.write(image, batch, slot * size * size * 3);
  }
  return batch;
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

async function loadImages(
  { images, frames, method }: TransferDataConfiguration,
  classes: readonly string[],
): Promise<StaticImages | undefined> {
  if (method === 'events-only') {
    return undefined;
  }
  if (!images) {
    throw new SpikeBridgeError(
      'configuration',
      `data.images: the method ${method} needs static images`,
      'Add data.images to the run configuration, or use the method events-only.',
    );
  }
  return loadMnist(images, classes, frames.sizePixels);
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
  readonly warnings: readonly string[];
  readonly train: FrameStore;
  readonly test: FrameStore;
  readonly images?: StaticImages;
}

function transferDataOf(
  { manifest, warnings, train, test, images }: LoadedParts,
  { frames, batchPairs, seed, pairing }: TransferDataConfiguration,
): TransferData {
  const { timeSteps, sizePixels: size } = frames;
  const samplers = new Map<number, Sampler>();

  function samplerOf(batch: number): Sampler {
    const sampler = samplers.get(batch) ?? shuffledSampler(train.count, batch, seed);
    samplers.set(batch, sampler);
    return sampler;
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
    trainBatch(iteration, batch = batchPairs) {
      const recordings = samplerOf(batch).batchAt(iteration);
      const labels = labelsOf(manifest.train, recordings);
      const partners =
        images &&
        drawPartners(images.imagesOfClass, labels, seed, iteration, {
          policy: pairing,
          imageCount: images.count,
        });
      return {
        events: train.batch(recordings),
        ...(images && partners && { statics: staticBatch(images, partners, timeSteps, size) }),
        ...(partners && { partners }),
        labels,
      };
    },
    testBatches: (batch) => testBatches(test, manifest.test, batch),
    ...(images && { colourImages: (chosen, side) => colourBatch(images, chosen, side) }),
  };
}

/**
 * Loads recordings and images of a run: scans the data set, decodes and bins the recordings (methods.md 3.2) in
 * worker threads or takes them from the cache, and reads the images of the same classes.
 * @throws SpikeBridgeError (data, configuration) naming file, place and next step; (cancelled) on abort.
 */
export async function loadTransferData(
  configuration: TransferDataConfiguration,
  options: LoadOptions = {},
): Promise<TransferData> {
  const { events, frames, batchPairs } = configuration;
  throwIfCancelled(options.signal);
  const { manifest, warnings: scanWarnings } = await scanNmnist(events);
  checkBatchSize(manifest.train.length, batchPairs);
  const images = await loadImages(configuration, manifest.classes);
  const warnings = [...scanWarnings];
  const total = manifest.train.length + manifest.test.length;
  const loading = frameOptions(configuration, options, total, warnings);
  const rule: FrameRule = { timeSteps: frames.timeSteps, size: frames.sizePixels, sensor: NMNIST_SENSOR };
  const load = (entries: readonly ManifestEntry[]) =>
    loadFrames(
      entries.map(({ file }) => path.join(events.folder, file)),
      rule,
      loading,
    );
  const train = await load(manifest.train);
  const test = await load(manifest.test);
  return transferDataOf({ manifest, warnings, train, test, images }, configuration);
}

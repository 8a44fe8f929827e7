import path from 'node:path';
import { SpikeBridgeError } from '../errors';
import { POLARITY_CHANNELS } from '../events/frames';
import type { MethodName } from '../methods/methodPreset';
import type { FramesConfiguration } from '../training/configurationSchema';
import { augmentFrames } from './augmentation';
import type { AugmentationConfiguration } from './augmentationSchema';
import { throwIfCancelled } from './decodePool';
import { type DividedEvents, divideEvents } from './dividedEvents';
import type { EventDataConfiguration } from './eventDataSchema';
import { frameRuleOf } from './eventSets/eventSets';
import { defaultCacheFolder, openFrameCache } from './frameCache';
import type { FrameRule } from './frameRule';
import { type FrameStore, type LoadFramesOptions, loadFrames } from './frameStore';
import type { ImageDataConfiguration } from './imageDataSchema';
import { type ManifestEntry, type SplitManifest, withDivision } from './manifest';
import { drawPartners, type PairingPolicy } from './pairing';
import { checkBatchSize, classWeights, type Sampler, shuffledSampler, weightedSampler } from './sampler';
import type { LastBatch, Sampling } from './samplingSchema';
import type { SplitConfiguration } from './splitSchema';
import { divideImages } from './splitsImages';
import { loadStaticImages } from './staticImageLoader';
import type { StaticImages } from './staticImages';

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
   * The batch of an iteration (from 0): decided by seed and iteration alone, in fresh memory.
   * @param batch pairs; default the configured batchPairs.
   */
  trainBatch(iteration: number, batch?: number): TrainBatch;
  /** Loads the colours that {@link colourImages} gives in one size; absent for events-only. */
  prepareColours?(size: number): Promise<void>;
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

/** The static images of a run, and those of them that partners are drawn from. */
interface ImagePart {
  readonly images: StaticImages;
  /** Image indices of each class, none empty. */
  readonly pool: readonly Uint32Array[];
}

/** Reads the images and chooses the pool of partners; absent for events-only. */
async function loadImages(
  configuration: TransferDataConfiguration,
  { manifest, record }: DividedEvents,
  { signal, onProgress }: LoadOptions,
): Promise<(ImagePart & { manifest: SplitManifest; warnings: readonly string[] }) | undefined> {
  const { events, images: section, frames, method, pairing, cacheFolder } = configuration;
  if (method === 'events-only') {
    return undefined;
  }
  if (!section) {
    throw new SpikeBridgeError(
      'configuration',
      `data.images: the method ${method} needs static images`,
      'Add data.images to the run configuration, or use the method events-only.',
    );
  }
  const { classes, test } = manifest;
  const images = await loadStaticImages(section, classes, frames.sizePixels, {
    signal,
    cacheFolder,
    onProgress,
  });
  const pool = divideImages(images, { format: events.format, classes, test, record, pairing });
  return {
    images,
    pool: pool.imagesOfClass,
    manifest: withDivision(manifest, { images: pool.record, leak: pool.leak }),
    warnings: [...images.warnings, ...pool.warnings],
  };
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

/** Recordings that are looked at for time steps without events. */
const LOOKED_AT = 8;

/** Windows of floor(last time / T) hold all events in the first step where a clock starts far from 0 (methods.md 3.2). */
function emptyStepWarnings(train: FrameStore, { timeOrigin, timeSteps }: FrameRule): string[] {
  if (timeOrigin !== 'zero' || timeSteps < 2) {
    return [];
  }
  const batch = train.batch(
    Uint32Array.from({ length: Math.min(LOOKED_AT, train.count) }, (_, index) => index),
  );
  const later = batch.subarray(batch.length / timeSteps);
  return later.some((count) => count !== 0)
    ? []
    : [
        'all events lie in the first time step: the clock of the recordings does not begin with them; set data.events.timeOrigin to first-event where the format has it',
      ];
}

/** Everything a {@link TransferData} draws its batches from. */
interface LoadedParts {
  readonly manifest: SplitManifest;
  readonly classTotals: readonly number[];
  readonly warnings: readonly string[];
  readonly train: FrameStore;
  readonly test: FrameStore;
  readonly imagePart?: ImagePart;
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

  function eventsOf(recordings: Uint32Array, iteration: number): Float32Array<ArrayBuffer> {
    const batch = { frames: train.batch(recordings), timeSteps, pairs: recordings.length, size };
    augmentFrames(batch, augmentation, { seed, iteration });
    return batch.frames;
  }

  function partnersOf(labels: Int32Array, iteration: number) {
    if (!imagePart) {
      return {};
    }
    const { images, pool } = imagePart;
    const partners = drawPartners(pool, labels, seed, iteration, {
      policy: pairing,
      imageCount: images.count,
      wholeSet: images.imagesOfClass,
    });
    return { statics: staticBatch(images, partners, timeSteps, size), partners };
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
      return { events: eventsOf(recordings, iteration), ...partnersOf(labels, iteration), labels };
    },
    testBatches: (batch) => testBatches(test, manifest.test, batch),
    ...(imagePart && {
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
  const imagePart = await loadImages(configuration, divided, options);
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
  warnings.push(...emptyStepWarnings(train, rule));
  const parts = { manifest, classTotals, warnings, train, test, ...(imagePart && { imagePart }) };
  return transferDataOf(parts, configuration);
}

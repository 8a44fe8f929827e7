import { SpikeBridgeError } from '../errors';
import { type DividedEvents, divideEvents } from './dividedEvents';
import type { EventDataConfiguration } from './eventDataSchema';
import type { ImageDataConfiguration } from './imageDataSchema';
import { type Division, type ManifestEntry, makeManifest, type SplitManifest } from './manifest';
import { checkBatchSize, shuffledSampler } from './sampler';
import type { SplitConfiguration } from './splitSchema';
import { divideImages } from './splitsImages';
import { loadStaticImages } from './staticImageLoader';
import type { StaticImages } from './staticImages';
import type { LoadOptions } from './transferData';

/** Without test images of their own, one image in so many of each class tests the teacher; of fewer, the last one. */
const HELD_OUT_EVERY = 10;

/** What {@link loadTeacherData} needs of a run configuration; folders are absolute. */
export interface TeacherDataConfiguration {
  /** For the classes and their order, which a student shares, and for the photos that must not train. */
  readonly events: EventDataConfiguration;
  readonly split: SplitConfiguration;
  readonly images?: ImageDataConfiguration;
  readonly testImages?: ImageDataConfiguration;
  readonly cacheFolder?: string;
  /** S in pixels. */
  readonly size: number;
  readonly batch: number;
  readonly seed: number;
}

/** A batch of colour images. */
export interface ImageBatch {
  /** [B, S, S, 3] in [0, 1]. */
  readonly images: Float32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
}

/** The data of a teacher run, in memory. */
export interface TeacherData {
  readonly manifest: SplitManifest;
  readonly warnings: readonly string[];
  readonly testCount: number;
  readonly iterationsPerEpoch: number;
  /** Decided by seed and iteration (from 0) alone. */
  trainBatch(iteration: number): ImageBatch;
  /** All test images in manifest order; the last batch may be smaller. */
  testBatches(batch: number): Iterable<ImageBatch>;
}

/** Images of one part of the split. */
interface ImagePart {
  readonly source: StaticImages;
  /** Image index and class of each, class after class. */
  readonly entries: readonly { readonly image: number; readonly label: number }[];
}

type Choice = (position: number, count: number) => boolean;

function entriesOf(pool: StaticImages['imagesOfClass'], keep: Choice): ImagePart['entries'] {
  return pool.flatMap((images, label) =>
    [...images].filter((_, position) => keep(position, images.length)).map((image) => ({ image, label })),
  );
}

function isHeldOut(position: number, count: number): boolean {
  const every = Math.min(HELD_OUT_EVERY, count);
  return every > 1 && position % every === every - 1;
}

/** The images of both parts of the split, with what the manifest says of them. */
interface DividedImages {
  readonly train: ImagePart;
  readonly test: ImagePart;
  readonly division: Division;
  readonly warnings: readonly string[];
}

const all: Choice = () => true;

/** The images that a student's partners come from train the teacher, so that it sees no photo that tests a student. */
async function divide(
  configuration: TeacherDataConfiguration,
  { manifest, record }: DividedEvents,
  { signal, onProgress }: LoadOptions,
): Promise<DividedImages> {
  const { events, images, testImages, size, cacheFolder } = configuration;
  if (!images) {
    throw new SpikeBridgeError(
      'configuration',
      'data.images: a teacher is trained on static images',
      'Add data.images to the run configuration.',
    );
  }
  const { classes, test } = manifest;
  const load = async (section: ImageDataConfiguration) => {
    const loaded = await loadStaticImages(section, classes, size, { signal, onProgress, cacheFolder });
    await loaded.prepareColours(size);
    return loaded;
  };
  const source = await load(images);
  const pool = divideImages(source, { format: events.format, classes, test, record });
  const division = { split: record, images: pool.record, leak: pool.leak };
  const warnings = [...source.warnings, ...pool.warnings];
  const part = (keep: Choice) => ({ source, entries: entriesOf(pool.imagesOfClass, keep) });
  if (!testImages) {
    return { train: part((...image) => !isHeldOut(...image)), test: part(isHeldOut), division, warnings };
  }
  const testSource = await load(testImages);
  const tested = { source: testSource, entries: entriesOf(testSource.imagesOfClass, all) };
  return { train: part(all), test: tested, division, warnings: [...warnings, ...testSource.warnings] };
}

function batchOf({ source, entries }: ImagePart, chosen: Iterable<number>, size: number): ImageBatch {
  const picked = Array.from(chosen, (position) => entries[position]!);
  const colours = source.colours(size);
  const images = new Float32Array(picked.length * size * size * 3);
  for (const [slot, { image }] of picked.entries()) {
    colours.write(image, images, slot * size * size * 3);
  }
  return { images, labels: Int32Array.from(picked, ({ label }) => label) };
}

function* batchesOf(part: ImagePart, batch: number, size: number): Generator<ImageBatch> {
  const total = part.entries.length;
  for (let start = 0; start < total; start += batch) {
    const count = Math.min(batch, total - start);
    const positions = Array.from({ length: count }, (_, slot) => start + slot);
    yield batchOf(part, positions, size);
  }
}

const namesOf = ({ source, entries }: ImagePart): string[] =>
  entries.map(({ image }) => source.nameOf(image));

const manifestEntries = (part: ImagePart): ManifestEntry[] =>
  part.entries.map(({ image, label }) => ({ file: part.source.file, label, number: image, bytes: 0 }));

/**
 * Loads the images of a teacher run. Their classes are those of the recordings, in the same order, so that the
 * teacher's logits mean the same classes as a student's.
 * @throws SpikeBridgeError (data, configuration) naming file and next step; (cancelled) when the signal is aborted.
 */
export async function loadTeacherData(
  configuration: TeacherDataConfiguration,
  options: LoadOptions = {},
): Promise<TeacherData> {
  const { events, split, size, batch, seed } = configuration;
  const recordings = await divideEvents(events, split);
  const { classes } = recordings.manifest;
  const { train, test, division, warnings } = await divide(configuration, recordings, options);
  if (test.entries.length === 0) {
    throw new SpikeBridgeError(
      'configuration',
      'data.images: one image per class leaves none to test the teacher on',
      'Select more images, or name others in data.testImages.',
    );
  }
  checkBatchSize(train.entries.length, batch);
  const sampler = shuffledSampler(train.entries.length, batch, seed);
  return {
    manifest: makeManifest(classes, manifestEntries(train), manifestEntries(test), {
      ...division,
      trainedImages: namesOf(train),
    }),
    warnings: [...recordings.warnings, ...warnings],
    testCount: test.entries.length,
    iterationsPerEpoch: Math.floor(train.entries.length / batch),
    trainBatch: (iteration) => batchOf(train, sampler.batchAt(iteration), size),
    testBatches: (testBatch) => batchesOf(test, testBatch, size),
  };
}

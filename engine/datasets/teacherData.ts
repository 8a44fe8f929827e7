import { SpikeBridgeError } from '../errors';
import type { EventDataConfiguration } from './eventDataSchema';
import type { ImageDataConfiguration } from './imageDataSchema';
import { type ManifestEntry, makeManifest, type SplitManifest } from './manifest';
import { loadMnist } from './mnist';
import { scanNmnist } from './nmnist';
import { checkBatchSize, shuffledSampler } from './sampler';
import type { StaticImages } from './staticImages';

/** Without test images of their own, one image in so many of each class tests the teacher; of fewer, the last one. */
const HELD_OUT_EVERY = 10;

/** What {@link loadTeacherData} needs of a run configuration; folders are absolute. */
export interface TeacherDataConfiguration {
  /** Only for the classes and their order, which a student shares. */
  readonly events: EventDataConfiguration;
  readonly images?: ImageDataConfiguration;
  readonly testImages?: ImageDataConfiguration;
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

function entriesOf(source: StaticImages, keep: Choice): ImagePart['entries'] {
  return source.imagesOfClass.flatMap((images, label) =>
    [...images].filter((_, position) => keep(position, images.length)).map((image) => ({ image, label })),
  );
}

function isHeldOut(position: number, count: number): boolean {
  const every = Math.min(HELD_OUT_EVERY, count);
  return every > 1 && position % every === every - 1;
}

async function splitImages(
  { images, testImages, size }: TeacherDataConfiguration,
  classes: readonly string[],
): Promise<{ train: ImagePart; test: ImagePart }> {
  if (!images) {
    throw new SpikeBridgeError(
      'configuration',
      'data.images: a teacher is trained on static images',
      'Add data.images to the run configuration.',
    );
  }
  const source = await loadMnist(images, classes, size);
  if (testImages) {
    const testSource = await loadMnist(testImages, classes, size);
    const all = () => true;
    return {
      train: { source, entries: entriesOf(source, all) },
      test: { source: testSource, entries: entriesOf(testSource, all) },
    };
  }
  return {
    train: { source, entries: entriesOf(source, (...image) => !isHeldOut(...image)) },
    test: { source, entries: entriesOf(source, isHeldOut) },
  };
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

const manifestEntries = (part: ImagePart): ManifestEntry[] =>
  part.entries.map(({ image, label }) => ({ file: part.source.file, label, number: image, bytes: 0 }));

/**
 * Loads the images of a teacher run. Their classes are those of the recordings, in the same order, so that the
 * teacher's logits mean the same classes as a student's.
 * @throws SpikeBridgeError (data, configuration) naming file and next step.
 */
export async function loadTeacherData(configuration: TeacherDataConfiguration): Promise<TeacherData> {
  const { size, batch, seed } = configuration;
  const { manifest: recordings, warnings } = await scanNmnist(configuration.events);
  const { classes } = recordings;
  const { train, test } = await splitImages(configuration, classes);
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
    manifest: makeManifest(classes, manifestEntries(train), manifestEntries(test)),
    warnings,
    testCount: test.entries.length,
    iterationsPerEpoch: Math.floor(train.entries.length / batch),
    trainBatch: (iteration) => batchOf(train, sampler.batchAt(iteration), size),
    testBatches: (testBatch) => batchesOf(test, testBatch, size),
  };
}

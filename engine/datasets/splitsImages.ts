import { createHash } from 'node:crypto';
import { SpikeBridgeError } from '../errors';
import {
  checkLeak,
  type LeakReport,
  leakWarnings,
  type PhotoBank,
  photoRuleOf,
  photosOf,
  type RecordedPhoto,
} from './leakCheck';
import type { ImagePoolRecord } from './manifest';
import { type PairingPolicy, reachableImages } from './pairing';
import type { SplitPolicy } from './splitSchema';
import { partsOfClass, type SplitRule } from './splits';
import { type SplitRecord, splitRuleOf } from './splitsPolicy';

/** Which static images a run draws partners from. */
export interface ImagePool {
  /** Image indices of each class, none empty. */
  readonly imagesOfClass: readonly Uint32Array[];
  readonly record: ImagePoolRecord;
  readonly leak: LeakReport;
  /** Names of the photos of test recordings, drawn or not. */
  readonly testPhotos: readonly string[];
  readonly warnings: readonly string[];
}

/** What {@link divideImages} needs beside the images. */
export interface ImagePoolRequest {
  /** Format of data.events. */
  readonly format: string;
  readonly classes: readonly string[];
  readonly test: readonly RecordedPhoto[];
  readonly record: SplitRecord;
  readonly pairing?: PairingPolicy;
}

type Bank = PhotoBank & { readonly count: number };

/** The images of a class that a policy lets train, before the ratio. */
function trainingImages(
  images: Uint32Array,
  policy: SplitPolicy,
  rule: SplitRule | undefined,
  { trainPortion, testPhotos }: { trainPortion?: number; testPhotos: ReadonlySet<number> },
): Uint32Array {
  if (policy === 'leak-free') {
    return images.filter((image) => !testPhotos.has(image));
  }
  if (policy === 'paper' && rule?.imagePool === 'training-part') {
    const parts = partsOfClass(images.length, rule, trainPortion);
    return images.filter((_, position) => parts[position] === 'train');
  }
  return images;
}

/** @throws SpikeBridgeError (data) naming the classes whose recordings would have no partner. */
function requirePartners(pool: readonly Uint32Array[], classes: readonly string[]): void {
  const empty = classes.filter((_, label) => pool[label]!.length === 0);
  if (empty.length > 0) {
    throw new SpikeBridgeError(
      'data',
      `no pairs can be formed: the split leaves no static image of ${empty.join(', ')}`,
      'Set a larger data.split.imageRatio, or add images of these classes.',
    );
  }
}

function requireNoLeak({ photos }: LeakReport, policy: SplitPolicy, pairing: PairingPolicy): void {
  if (policy === 'leak-free' && photos.length > 0) {
    throw new SpikeBridgeError(
      'configuration',
      `data.pairing: ${pairing} draws the photos of ${photos.length} test recordings, the first is ${photos[0]}; a leak-free split has none`,
      'Set data.pairing to same-class, or data.split.policy to paper.',
    );
  }
}

function recordOf(bank: Bank, pool: readonly Uint32Array[], pairing: PairingPolicy): ImagePoolRecord {
  const names = pool.map((images) => Array.from(images, (image) => bank.nameOf(image)));
  return {
    source: bank.file,
    pairing,
    count: pool.reduce((sum, images) => sum + images.length, 0),
    sha256: createHash('sha256').update(JSON.stringify(names)).digest('hex'),
  };
}

/**
 * Chooses the static images that training draws from, and checks them for photos of test recordings.
 * paper: the training part of each class by the rule of the recordings, or all (methods.md 3.5); leak-free: all but
 * the photos of test recordings; official: all. Of each class the first int(count * imageRatio).
 * @throws SpikeBridgeError (data) naming classes without images; (configuration) where a pairing leaks into a
 *   leak-free split.
 */
export function divideImages(bank: Bank, request: ImagePoolRequest): ImagePool {
  const { format, classes, test, record, pairing = 'same-class' } = request;
  const { policy, trainPortion, imageRatio } = record;
  const matchedBy = photoRuleOf(format);
  const photos = photosOf(test, bank, matchedBy);
  const testPhotos = new Set(photos);
  const rule = splitRuleOf(format);
  const pool = bank.imagesOfClass
    .map((images) => trainingImages(images, policy, rule, { trainPortion, testPhotos }))
    .map((images) => images.slice(0, Math.trunc(images.length * imageRatio)));
  requirePartners(pool, classes);
  const reachable = reachableImages(pool, {
    policy: pairing,
    imageCount: bank.count,
    wholeSet: bank.imagesOfClass,
  });
  const leak = checkLeak(photos, reachable, bank, matchedBy);
  requireNoLeak(leak, policy, pairing);
  return {
    imagesOfClass: pool,
    record: recordOf(bank, pool, pairing),
    leak,
    testPhotos: Array.from(
      photos.filter((photo) => photo >= 0),
      (photo) => bank.nameOf(photo),
    ),
    warnings: leakWarnings(leak),
  };
}

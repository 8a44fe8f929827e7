import type { ManifestEntry } from './manifest';
import type { StaticImages } from './staticImages';

/**
 * How the photo of a recording is found among the static images of its class.
 * - same-name: the file names without their endings are equal (N-Caltech101: image_XXXX; CEP-DVS: index; folders).
 * - drawing-number: the recording's number is the last number of the image's name (N-Omniglot).
 * - position-in-class: the recording's number is the image's position in its class; assumed, because nobody
 *   published which photos were recorded (CIFAR10-DVS).
 * - set-index: the recording's number less 1 is the image's index in the part of the same name (N-MNIST).
 */
export const PHOTO_RULES = ['same-name', 'drawing-number', 'position-in-class', 'set-index'] as const;
export type PhotoRule = (typeof PHOTO_RULES)[number];

/** What of the static images names a photo. */
export type PhotoBank = Pick<StaticImages, 'imagesOfClass' | 'nameOf' | 'file'>;

/** A recording whose photo is looked for. */
export type RecordedPhoto = Pick<ManifestEntry, 'file' | 'label' | 'number'>;

/** Which photos of test recordings training can draw as static partners. */
export interface LeakReport {
  readonly matchedBy: PhotoRule;
  readonly testRecordings: number;
  /** Test recordings whose photo is among the static images, drawn or not. */
  readonly photosFound: number;
  /** Names of the photos of test recordings that training can draw, in the order of the test recordings. */
  readonly photos: readonly string[];
}

const NAMED_RULES: Readonly<Record<string, PhotoRule>> = {
  'n-mnist': 'set-index',
  'n-omniglot': 'drawing-number',
  'cifar10-dvs': 'position-in-class',
};

/** The rule of a format of data.events. */
export function photoRuleOf(format: string): PhotoRule {
  return Object.hasOwn(NAMED_RULES, format) ? NAMED_RULES[format]! : 'same-name';
}

/**
 * Those of some recordings whose photos may lie in an image set.
 * @param images file or folder of the set.
 */
export function recordedFrom<Recording extends RecordedPhoto>(
  recordings: readonly Recording[],
  images: string,
  rule: PhotoRule,
): Recording[] {
  return recordings.filter(({ file }) => rule !== 'set-index' || isSamePart(file, images));
}

/** The last part of a path without its ending. */
function stemOf(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

/** The number at the end of a name, e.g. 5 of `0012_05`; NaN without one. */
function lastNumber(name: string): number {
  return Number.parseInt(/\d+$/.exec(name)?.[0] ?? '', 10);
}

/** Whether a part of N-MNIST was recorded from this file of MNIST. */
function isSamePart(recording: string, images: string): boolean {
  return /^test\//i.test(recording) ? images.includes('t10k') : images.includes('train');
}

/** The key of a recording; equal to that of its photo. */
function recordingKey(rule: PhotoRule, { file, number }: RecordedPhoto, images: string): string | number {
  switch (rule) {
    case 'same-name':
      return stemOf(file);
    case 'set-index':
      return isSamePart(file, images) ? number - 1 : Number.NaN;
    default:
      return number;
  }
}

/** The key of an image. @param position in its class, from 0. */
function imageKey(rule: PhotoRule, name: string, image: number, position: number): string | number {
  switch (rule) {
    case 'same-name':
      return name.slice(name.lastIndexOf('/') + 1);
    case 'drawing-number':
      return lastNumber(name);
    case 'position-in-class':
      return position;
    case 'set-index':
      return image;
  }
}

/**
 * Finds the photos of recordings among the static images.
 * @param bank all selected images, before any split.
 * @returns image index of each recording, -1 where its photo is not there.
 */
export function photosOf(recordings: readonly RecordedPhoto[], bank: PhotoBank, rule: PhotoRule): Int32Array {
  const keys = bank.imagesOfClass.map(
    (images) =>
      new Map(
        Array.from(images, (image, position) => [imageKey(rule, bank.nameOf(image), image, position), image]),
      ),
  );
  return Int32Array.from(
    recordings,
    (recording) => keys[recording.label]?.get(recordingKey(rule, recording, bank.file)) ?? -1,
  );
}

/**
 * Looks for photos of test recordings among the images that training can draw (methods.md 10.2).
 * @param photos of the test recordings, as {@link photosOf} gives them.
 * @param reachable image indices that pairing can draw.
 */
export function checkLeak(
  photos: Int32Array,
  reachable: ReadonlySet<number>,
  bank: Pick<PhotoBank, 'nameOf'>,
  matchedBy: PhotoRule,
): LeakReport {
  const found = photos.filter((photo) => photo >= 0);
  const leaked = found.filter((photo) => reachable.has(photo));
  return {
    matchedBy,
    testRecordings: photos.length,
    photosFound: found.length,
    photos: Array.from(leaked, (photo) => bank.nameOf(photo)),
  };
}

const NAMES_SHOWN = 3;

/** What a leak report says in words; empty where there is nothing to say. */
export function leakWarnings({ matchedBy, testRecordings, photosFound, photos }: LeakReport): string[] {
  const assumed =
    matchedBy === 'position-in-class' ? ', assuming that recording n shows photo n of its class' : '';
  if (photos.length > 0) {
    const shown = photos.slice(0, NAMES_SHOWN).join(', ');
    const names = photos.length > NAMES_SHOWN ? `${shown} and ${photos.length - NAMES_SHOWN} more` : shown;
    return [
      `leak: the static images hold the photos of ${photos.length} of ${testRecordings} test recordings (${names})${assumed}`,
    ];
  }
  return photosFound === 0 && matchedBy === 'same-name' && testRecordings > 0
    ? [
        'the leak check found no photo of any test recording among the static images: their names do not match',
      ]
    : [];
}

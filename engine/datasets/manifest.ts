import { createHash } from 'node:crypto';
import type { LeakReport } from './leakCheck';
import type { SplitRecord } from './splitsPolicy';

/** A part of a recording: events with from <= t < to, in µs of the recording's clock. */
export interface TimeSlice {
  readonly from: number;
  readonly to: number;
}

/** One sample of an event data set: a recording, or a slice of one. */
export interface ManifestEntry {
  /** Path inside the data set's folder, with forward slashes. */
  readonly file: string;
  /** Index into the manifest's classes. */
  readonly label: number;
  /** Number of the sample in its class as the data set counts; file 00001.bin of N-MNIST is number 1. */
  readonly number: number;
  /** Size of the file. */
  readonly bytes: number;
  /** Present where one file holds several samples. */
  readonly slice?: TimeSlice;
}

/** The static images that partners are drawn from. */
export interface ImagePoolRecord {
  /** File or folder of the images. */
  readonly source: string;
  readonly pairing: string;
  /** Images that training can draw. */
  readonly count: number;
  /** SHA-256 (hexadecimal) of the names of the pool's images, class by class. */
  readonly sha256: string;
}

/** How a manifest's recordings and images were chosen. */
export interface Division {
  readonly split?: SplitRecord;
  readonly images?: ImagePoolRecord;
  /** Photos of test recordings among the images; absent where no images train. */
  readonly leak?: LeakReport;
  /** Names of the images that train a teacher, so that its students can look for their test photos; else absent. */
  readonly trainedImages?: readonly string[];
}

/** Which recordings a run trains and tests on. */
export interface SplitManifest extends Division {
  readonly classes: readonly string[];
  readonly train: readonly ManifestEntry[];
  readonly test: readonly ManifestEntry[];
  /**
   * SHA-256 (hexadecimal) of classes, train and test in their order and, unless the whole official split is taken, of
   * the split's policy and options and of the static images. Equal on every machine that has the same split.
   */
  readonly sha256: string;
}

/** Characters of a hash that tables show. */
const SHORT_HASH = 12;

/** The form of a split's hash for tables and run lists. */
export function shortHash(sha256: string): string {
  return sha256.slice(0, SHORT_HASH);
}

/** A line about a split: its short hash, policy and sizes. */
export function splitText({ sha256, split, train, test }: SplitManifest): string {
  const policy = split ? ` (${split.policy})` : '';
  return `split ${shortHash(sha256)}${policy}: ${train.length} to train on, ${test.length} to test on`;
}

/** Whether all of an official split is taken; its hash is that of versions that knew no other. */
function isWholeOfficial({ policy, eventRatio, imageRatio }: SplitRecord): boolean {
  return policy === 'official' && eventRatio === 1 && imageRatio === 1;
}

function rowsOf(entries: readonly ManifestEntry[]): (string | number)[][] {
  return entries.map(({ file, label, number, bytes, slice }) => [
    file,
    label,
    number,
    bytes,
    ...(slice ? [slice.from, slice.to] : []),
  ]);
}

/** Completes a split to a manifest with its hash. */
export function makeManifest(
  classes: readonly string[],
  train: readonly ManifestEntry[],
  test: readonly ManifestEntry[],
  division: Division = {},
): SplitManifest {
  const { split, images } = division;
  const choices = split && !isWholeOfficial(split) ? [split, images ?? null] : [];
  const text = JSON.stringify([classes, rowsOf(train), rowsOf(test), ...choices]);
  return { classes, train, test, ...division, sha256: createHash('sha256').update(text).digest('hex') };
}

/** The manifest of the same recordings with more known about their division, and its hash. */
export function withDivision(manifest: SplitManifest, added: Division): SplitManifest {
  const { classes, train, test, split, images, leak } = manifest;
  return makeManifest(classes, train, test, {
    ...(split && { split }),
    ...(images && { images }),
    ...(leak && { leak }),
    ...added,
  });
}

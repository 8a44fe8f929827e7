import { createHash } from 'node:crypto';

/** One recording of a split. */
export interface ManifestEntry {
  /** Path inside the data set's folder, with forward slashes. */
  readonly file: string;
  /** Index into the manifest's classes. */
  readonly label: number;
  /** Recording number; file 00001.bin is number 1. */
  readonly number: number;
  /** Size of the file. */
  readonly bytes: number;
}

/** Which recordings a run trains and tests on. */
export interface SplitManifest {
  readonly classes: readonly string[];
  readonly train: readonly ManifestEntry[];
  readonly test: readonly ManifestEntry[];
  /** SHA-256 (hexadecimal) of classes, train and test; equal on every machine that has the same split. */
  readonly sha256: string;
}

/** Completes a split to a manifest with its hash. */
export function makeManifest(
  classes: readonly string[],
  train: readonly ManifestEntry[],
  test: readonly ManifestEntry[],
): SplitManifest {
  const rows = (entries: readonly ManifestEntry[]) =>
    entries.map(({ file, label, number, bytes }) => [file, label, number, bytes]);
  const text = JSON.stringify([classes, rows(train), rows(test)]);
  return { classes, train, test, sha256: createHash('sha256').update(text).digest('hex') };
}

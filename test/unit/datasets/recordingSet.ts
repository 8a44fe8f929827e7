import type { PhotoBank } from '../../../engine/datasets/leakCheck';
import type { ManifestEntry } from '../../../engine/datasets/manifest';

/** Recordings `<class>/image_XXXX.bin`, numbers from 1, of classes with the given counts. */
export function recordingsOf(counts: readonly number[]): ManifestEntry[] {
  return counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, index) => {
      const number = index + 1;
      const file = `Caltech101/c${label}/image_${String(number).padStart(4, '0')}.bin`;
      return { file, label, number, bytes: 5 };
    }),
  );
}

/** Names c0, c1 and so on. */
export function classNames(counts: readonly number[]): string[] {
  return counts.map((_, label) => `c${label}`);
}

/** Images `<class>/image_XXXX`, indices from 0 class after class. */
export function imagesOf(counts: readonly number[]): PhotoBank & { count: number } {
  const names = recordingsOf(counts).map(({ file }) => file.slice('Caltech101/'.length, -'.bin'.length));
  let next = 0;
  const imagesOfClass = counts.map((count) => Uint32Array.from({ length: count }, () => next++));
  return { imagesOfClass, count: next, file: '101_ObjectCategories', nameOf: (image) => names[image]! };
}

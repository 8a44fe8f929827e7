import { SpikeBridgeError } from '../../errors';
import type { OfficialClass } from '../caltechClasses';

const MOST_NAMES = 10;

/** Images of one class, as image indices in ascending order. */
export interface ImageClass {
  readonly name: string;
  readonly images: readonly number[];
}

/** Names as a list, with the number of those left out. */
export function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

/**
 * Checks that images and recordings have the same classes.
 * @param classes of the recordings.
 * @param found of the (selected) images.
 * @param file what the images come from.
 * @throws SpikeBridgeError (data) naming the classes that only one side has.
 */
export function checkClasses(classes: readonly string[], found: Iterable<string>, file: string): void {
  const present = new Set(found);
  const wanted = new Set(classes);
  const missing = classes.filter((name) => !present.has(name));
  const extra = [...present].filter((name) => !wanted.has(name)).sort();
  if (missing.length + extra.length === 0) {
    return;
  }
  const parts = [
    missing.length > 0 ? `no image of ${namesOf(missing)}` : '',
    extra.length > 0 ? `images of ${namesOf(extra)}, which the recordings do not have` : '',
  ];
  throw new SpikeBridgeError(
    'data',
    `the image set has other classes than the recordings: ${parts.filter(Boolean).join('; ')}`,
    'Point data.images to the image set of the same classes, name them in data.images.classes, or widen its selection (from, to).',
    { file },
  );
}

/** What differs from the official numbers of images, as warnings that name the classes. */
export function countWarnings(
  set: string,
  official: readonly OfficialClass[],
  found: readonly ImageClass[],
): string[] {
  const counts = new Map(found.map(({ name, images }) => [name, images.length]));
  const different = official.filter(({ name, count }) => counts.has(name) && counts.get(name) !== count);
  if (different.length === 0) {
    return [];
  }
  const list = different.map(({ name, count }) => `${name} ${counts.get(name)} instead of ${count}`);
  return [`${set}: other numbers of images than the official set has: ${namesOf(list)}`];
}

/**
 * The classes that a configuration names, in the set's order.
 * @param set name of the set's file or folder, for errors.
 * @throws SpikeBridgeError (configuration) for a class that the set does not have.
 */
export function chosenClasses<Class extends { readonly name: string }>(
  found: readonly Class[],
  chosen: readonly string[],
  set: string,
): Class[] {
  const present = new Set(found.map(({ name }) => name));
  const unknown = chosen.filter((name) => !present.has(name));
  if (unknown.length > 0) {
    throw new SpikeBridgeError(
      'configuration',
      `data.images.classes: the image set has no class ${namesOf(unknown)}`,
      `Its classes are ${namesOf([...present])}; correct data.images.classes.`,
      { file: set },
    );
  }
  return found.filter(({ name }) => chosen.includes(name));
}

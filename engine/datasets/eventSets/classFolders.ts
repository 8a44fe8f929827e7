import path from 'node:path';
import type { ManifestEntry } from '../manifest';
import { type Complain, dataSetError } from './eventSet';
import { entriesIn, fileSizes, foldersIn, isFolderEntry } from './folderListing';

/** How recordings lie in one folder per class. */
export interface ClassFolderLayout {
  /** In one line, for messages. */
  readonly layout: string;
  /** Class names that there may be; absent: any. */
  readonly known?: readonly string[];
  /** Number of a file by its name; undefined for names that are no recordings of the data set. */
  numberOf(name: string): number | undefined;
  /** Files that may lie beside recordings. */
  isAside?(name: string): boolean;
}

/** A recording before its class has an index. */
export interface FoundRecording {
  readonly file: string;
  readonly number: number;
}

/** Recordings of each class, by class name in code point order, which is the index order. */
export type FoundClasses = ReadonlyMap<string, readonly FoundRecording[]>;

async function recordingsIn(
  root: string,
  place: string,
  { layout, numberOf, isAside }: ClassFolderLayout,
  complain: Complain,
): Promise<FoundRecording[]> {
  const folder = path.join(root, place);
  const found: FoundRecording[] = [];
  for (const entry of await entriesIn(folder, 'the class folder', `The layout is ${layout}.`)) {
    const { name } = entry;
    const isFolder = await isFolderEntry(folder, entry);
    const number = isFolder ? undefined : numberOf(name);
    if (number !== undefined) {
      found.push({ file: place === '' ? name : `${place}/${name}`, number });
    } else if (!isAside?.(name)) {
      complain(
        dataSetError(
          isFolder
            ? 'this is a folder where a recording should be'
            : 'this is no recording of the data set by its name',
          `Move it out of the data set. The layout is ${layout}.`,
          path.join(folder, name),
        ),
      );
    }
  }
  return found.sort((left, right) => left.number - right.number || (left.file < right.file ? -1 : 1));
}

/**
 * Lists the class folders below `root`/`prefix`.
 * @param prefix inside `root`, with forward slashes; may be empty.
 * @throws SpikeBridgeError (data) where there is no class folder at all.
 */
export async function findClasses(
  root: string,
  prefix: string,
  layout: ClassFolderLayout,
  complain: Complain,
): Promise<FoundClasses> {
  const parent = path.join(root, prefix);
  const nextStep = `Correct data.events in the run configuration. The layout is ${layout.layout}.`;
  const found = new Map<string, FoundRecording[]>();
  for (const name of await foldersIn(parent, 'the folder of the classes', nextStep)) {
    const folder = path.join(parent, name);
    if (layout.known && !layout.known.includes(name)) {
      complain(
        dataSetError('this is no class of the data set', `Move it out of the data set. ${nextStep}`, folder),
      );
      continue;
    }
    const recordings = await recordingsIn(root, prefix === '' ? name : `${prefix}/${name}`, layout, complain);
    if (recordings.length === 0) {
      complain(
        dataSetError(
          'the class folder is empty',
          'Restore its recordings, or remove the folder to train without this class.',
          folder,
        ),
      );
      continue;
    }
    found.set(name, recordings);
  }
  if (found.size === 0) {
    throw dataSetError('there is no class folder with recordings', nextStep, parent);
  }
  return found;
}

/**
 * The recordings of classes as entries with their label and size, class after class.
 * @param classes all names in index order; those that `found` lacks have none.
 */
export async function entriesOf(
  root: string,
  classes: readonly string[],
  found: FoundClasses,
): Promise<ManifestEntry[]> {
  const recordings = classes.flatMap((name, label) =>
    (found.get(name) ?? []).map((recording) => ({ ...recording, label })),
  );
  const sizes = await fileSizes(
    root,
    recordings.map(({ file }) => file),
  );
  return recordings.map(({ file, label, number }, index) => ({ file, label, number, bytes: sizes[index]! }));
}

/** A warning that names the classes of a known set which are not there. */
export function missingClasses(title: string, known: readonly string[], found: readonly string[]): string[] {
  const missing = known.filter((name) => !found.includes(name));
  return missing.length === 0
    ? []
    : [
        `${found.length} of the ${known.length} classes of ${title} are here; missing: ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}`,
      ];
}

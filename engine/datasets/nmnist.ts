import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { SpikeBridgeError } from '../errors';
import { recordingIdentity } from '../files/fileIdentity';
import type { EventDataConfiguration, RecordingSelection } from './eventDataSchema';
import { type ManifestEntry, makeManifest, type SplitManifest } from './manifest';

const LAYOUT = 'The layout is Train|Test/<digit 0-9>/<number>.bin, as in the official archives.';
const FOLDER_HINT = `Correct data.events in the run configuration. ${LAYOUT}`;
const STRAY_FILES = new Set(['thumbs.db', 'desktop.ini']);

/** Recording numbers of one split, by class name, in number order. */
type SplitListing = ReadonlyMap<string, readonly { readonly number: number; readonly file: string }[]>;

/** The recordings a configuration selects, and what the user should know about the selection. */
export interface NmnistScan {
  readonly manifest: SplitManifest;
  readonly warnings: readonly string[];
}

function dataError(message: string, nextStep: string, file: string, cause?: unknown): SpikeBridgeError {
  return new SpikeBridgeError('data', message, nextStep, { file }, { cause });
}

/** Names in a folder, sorted, without hidden and operating-system files. */
async function namesIn(folder: string, missing: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'does not exist' : `cannot be read (${cause.code})`;
    throw dataError(`${missing} ${reason}`, FOLDER_HINT, folder, cause);
  });
  return names.filter((name) => !name.startsWith('.') && !STRAY_FILES.has(name.toLowerCase())).sort();
}

function recordingNumber(name: string, folder: string): number {
  const number = /^\d{1,9}\.bin$/.test(name) ? Number.parseInt(name, 10) : 0;
  if (number < 1) {
    throw dataError(
      'the name is not <number>.bin with a number from 1',
      `Move the file out of the data set. ${LAYOUT}`,
      path.join(folder, name),
    );
  }
  return number;
}

async function listClass(root: string, split: string, name: string) {
  const folder = path.join(root, split, name);
  const names = await namesIn(folder, 'the class folder');
  if (names.length === 0) {
    throw dataError(
      'the class folder is empty',
      'Restore its recordings, or remove the folder in all splits to train without this class.',
      folder,
    );
  }
  const recordings = names
    .map((file) => ({ number: recordingNumber(file, folder), file: `${split}/${name}/${file}` }))
    .sort((left, right) => left.number - right.number);
  const twin = recordings.find(({ number }, index) => recordings[index + 1]?.number === number);
  if (twin) {
    throw dataError(
      `two files have the recording number ${twin.number}`,
      'Keep one of the two files.',
      path.join(root, twin.file),
    );
  }
  return recordings;
}

async function listSplit(root: string, split: string): Promise<SplitListing> {
  const folder = path.join(root, split);
  const classes = await namesIn(folder, `the split ${split} of the data set`);
  const stranger = classes.find((name) => !/^\d$/.test(name));
  if (stranger !== undefined) {
    throw dataError(
      'this is no class folder (0 to 9)',
      `Move it out of the data set. ${LAYOUT}`,
      path.join(folder, stranger),
    );
  }
  if (classes.length === 0) {
    throw dataError('the split has no class folder', FOLDER_HINT, folder);
  }
  const listing = new Map<string, Awaited<ReturnType<typeof listClass>>>();
  for (const name of classes) {
    listing.set(name, await listClass(root, split, name));
  }
  return listing;
}

function describeSelection({ split, from, to, perClass }: RecordingSelection): string {
  const first = perClass === undefined ? '' : `, first ${perClass} per class`;
  return `${split} ${from ?? 1} to ${to ?? 'the last'}${first}`;
}

/** Applies one selection to a class; reports when it finds fewer than `perClass`. */
function selectFromClass(
  listing: SplitListing,
  selection: RecordingSelection,
  name: string,
  folder: string,
  warnings: string[],
) {
  const { from = 1, to = Number.POSITIVE_INFINITY, perClass } = selection;
  const inRange = (listing.get(name) ?? []).filter(({ number }) => number >= from && number <= to);
  if (inRange.length === 0) {
    throw dataError(
      `the selection (${describeSelection(selection)}) has no recording of class ${name}`,
      'Widen the range in data.events of the run configuration, or add the missing recordings.',
      path.join(folder, selection.split, name),
    );
  }
  if (perClass !== undefined && inRange.length < perClass) {
    warnings.push(
      `class ${name} has only ${inRange.length} recordings for the selection (${describeSelection(selection)})`,
    );
  }
  return inRange.slice(0, perClass);
}

async function fileSizes(root: string, files: readonly string[]): Promise<number[]> {
  const sizes: number[] = [];
  const chunk = 256;
  for (let start = 0; start < files.length; start += chunk) {
    const stats = await Promise.all(
      files.slice(start, start + chunk).map((file) => recordingIdentity(path.join(root, file))),
    );
    sizes.push(...stats.map(({ size }) => size));
  }
  return sizes;
}

/** All recordings of the selections, each once, by class and then in order of selection and number. */
async function selectRecordings(
  root: string,
  listings: ReadonlyMap<string, SplitListing>,
  selections: readonly RecordingSelection[],
  classes: readonly string[],
  warnings: string[],
): Promise<ManifestEntry[]> {
  const chosen = new Map<string, { label: number; number: number }>();
  classes.forEach((name, label) => {
    for (const selection of selections) {
      const listing = listings.get(selection.split)!;
      for (const { file, number } of selectFromClass(listing, selection, name, root, warnings)) {
        chosen.set(file, { label, number });
      }
    }
  });
  const files = [...chosen.keys()];
  const sizes = await fileSizes(root, files);
  return files.map((file, index) => ({ file, ...chosen.get(file)!, bytes: sizes[index]! }));
}

function checkSameClasses(root: string, listings: ReadonlyMap<string, SplitListing>): string[] {
  const [first, ...others] = [...listings];
  const classes = [...first![1].keys()];
  for (const [split, listing] of others) {
    const names = [...listing.keys()];
    const odd = [
      ...names.filter((name) => !classes.includes(name)),
      ...classes.filter((name) => !listing.has(name)),
    ];
    if (odd.length > 0) {
      throw dataError(
        `the splits ${first![0]} and ${split} have different classes: ${odd.join(', ')} only in one of them`,
        'Add the missing class folders, or remove them in both splits.',
        path.join(root, split),
      );
    }
  }
  return classes;
}

function checkNoOverlap(root: string, train: readonly ManifestEntry[], test: readonly ManifestEntry[]): void {
  const training = new Set(train.map(({ file }) => file));
  const shared = test.filter(({ file }) => training.has(file));
  if (shared.length > 0) {
    throw dataError(
      `${shared.length} recordings are selected for training and for testing, the first is ${shared[0]!.file}`,
      'Change the ranges of data.events.train and data.events.test so that they do not overlap.',
      root,
    );
  }
}

/**
 * Lists the official N-MNIST layout and applies the configured selections (number ranges inclusive; `perClass`: of
 * each class the first so many in number order). A recording selected twice within train or test counts once.
 * @param events `folder` must be absolute.
 * @throws SpikeBridgeError (data) naming the folder or file: missing folder or split, empty class, wrong names,
 *   different classes per split, a selection without recordings of a class, overlap of train and test.
 */
export async function scanNmnist(events: EventDataConfiguration): Promise<NmnistScan> {
  const root = events.folder;
  await namesIn(root, 'the event data set');
  const listings = new Map<string, SplitListing>();
  for (const { split } of [...events.train, ...events.test]) {
    if (!listings.has(split)) {
      listings.set(split, await listSplit(root, split));
    }
  }
  const classes = checkSameClasses(root, listings);
  const warnings: string[] = [];
  const train = await selectRecordings(root, listings, events.train, classes, warnings);
  const test = await selectRecordings(root, listings, events.test, classes, warnings);
  checkNoOverlap(root, train, test);
  return { manifest: makeManifest(classes, train, test), warnings };
}

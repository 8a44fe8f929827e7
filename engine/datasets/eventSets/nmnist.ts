import path from 'node:path';
import { NMNIST_SENSOR } from '../../events/nmnistBin';
import type { EventDataOf, RecordingSelection } from '../eventDataSchema';
import type { ManifestEntry } from '../manifest';
import { type Complain, dataSetError, type EventSet } from './eventSet';
import { entriesIn, fileSizes } from './folderListing';

const LAYOUT = 'The layout is Train|Test/<digit 0-9>/<number>.bin, as in the official archives.';
const FOLDER_HINT = `Correct data.events in the run configuration. ${LAYOUT}`;

/** Digits of MNIST 0 to 9 in train and in test. */
const DIGITS = [6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958];

/** Recording numbers of one split, by class name, in number order. */
type SplitListing = ReadonlyMap<string, readonly { readonly number: number; readonly file: string }[]>;

async function namesIn(folder: string, what: string): Promise<string[]> {
  return (await entriesIn(folder, what, FOLDER_HINT)).map(({ name }) => name);
}

/** Number of a recording by its name; undefined for other names. */
function recordingNumber(name: string): number | undefined {
  const number = /^\d{1,9}\.bin$/.test(name) ? Number.parseInt(name, 10) : 0;
  return number < 1 ? undefined : number;
}

async function listClass(root: string, split: string, name: string, complain: Complain) {
  const folder = path.join(root, split, name);
  const names = await namesIn(folder, 'the class folder');
  if (names.length === 0) {
    complain(
      dataSetError(
        'the class folder is empty',
        'Restore its recordings, or remove the folder in all splits to train without this class.',
        folder,
      ),
    );
  }
  const recordings = names.flatMap((file) => {
    const number = recordingNumber(file);
    if (number === undefined) {
      complain(
        dataSetError(
          'the name is not <number>.bin with a number from 1',
          `Move the file out of the data set. ${LAYOUT}`,
          path.join(folder, file),
        ),
      );
    }
    return number === undefined ? [] : [{ number, file: `${split}/${name}/${file}` }];
  });
  recordings.sort((left, right) => left.number - right.number);
  const twin = recordings.find(({ number }, index) => recordings[index + 1]?.number === number);
  if (twin) {
    complain(
      dataSetError(
        `two files have the recording number ${twin.number}`,
        'Keep one of the two files.',
        path.join(root, twin.file),
      ),
    );
  }
  return recordings;
}

async function listSplit(root: string, split: string, complain: Complain): Promise<SplitListing> {
  const folder = path.join(root, split);
  const names = await namesIn(folder, `the split ${split} of the data set`);
  const classes = names.filter((name) => /^\d$/.test(name));
  const stranger = names.find((name) => !classes.includes(name));
  if (stranger !== undefined) {
    complain(
      dataSetError(
        'this is no class folder (0 to 9)',
        `Move it out of the data set. ${LAYOUT}`,
        path.join(folder, stranger),
      ),
    );
  }
  if (classes.length === 0) {
    throw dataSetError('the split has no class folder', FOLDER_HINT, folder);
  }
  const listing = new Map<string, Awaited<ReturnType<typeof listClass>>>();
  for (const name of classes) {
    listing.set(name, await listClass(root, split, name, complain));
  }
  return listing;
}

function describeSelection({ split, from, to, perClass }: RecordingSelection): string {
  const first = perClass === undefined ? '' : `, first ${perClass} per class`;
  return `${split} ${from ?? 1} to ${to ?? 'the last'}${first}`;
}

/** Where problems and remarks of a listing go. */
interface Remarks {
  readonly complain: Complain;
  readonly warnings: string[];
}

/** Applies one selection to a class; reports when it finds fewer than `perClass`. */
function selectFromClass(
  listing: SplitListing,
  selection: RecordingSelection,
  name: string,
  folder: string,
  { complain, warnings }: Remarks,
) {
  const { from = 1, to = Number.POSITIVE_INFINITY, perClass } = selection;
  const inRange = (listing.get(name) ?? []).filter(({ number }) => number >= from && number <= to);
  if (inRange.length === 0) {
    complain(
      dataSetError(
        `the selection (${describeSelection(selection)}) has no recording of class ${name}`,
        'Widen the range in data.events of the run configuration, or add the missing recordings.',
        path.join(folder, selection.split, name),
      ),
    );
  }
  if (perClass !== undefined && inRange.length < perClass) {
    warnings.push(
      `class ${name} has only ${inRange.length} recordings for the selection (${describeSelection(selection)})`,
    );
  }
  return inRange.slice(0, perClass);
}

/** All recordings of the selections, each once, by class and then in order of selection and number. */
async function selectRecordings(
  root: string,
  listings: ReadonlyMap<string, SplitListing>,
  selections: readonly RecordingSelection[],
  classes: readonly string[],
  remarks: Remarks,
): Promise<ManifestEntry[]> {
  const chosen = new Map<string, { label: number; number: number }>();
  classes.forEach((name, label) => {
    for (const selection of selections) {
      const listing = listings.get(selection.split)!;
      for (const { file, number } of selectFromClass(listing, selection, name, root, remarks)) {
        chosen.set(file, { label, number });
      }
    }
  });
  const files = [...chosen.keys()];
  const sizes = await fileSizes(root, files);
  return files.map((file, index) => ({ file, ...chosen.get(file)!, bytes: sizes[index]! }));
}

function checkSameClasses(
  root: string,
  listings: ReadonlyMap<string, SplitListing>,
  complain: Complain,
): string[] {
  const [first, ...others] = [...listings];
  const classes = [...first![1].keys()];
  for (const [split, listing] of others) {
    const names = [...listing.keys()];
    const odd = [
      ...names.filter((name) => !classes.includes(name)),
      ...classes.filter((name) => !listing.has(name)),
    ];
    if (odd.length > 0) {
      complain(
        dataSetError(
          `the splits ${first![0]} and ${split} have different classes: ${odd.join(', ')} only in one of them`,
          'Add the missing class folders, or remove them in both splits.',
          path.join(root, split),
        ),
      );
    }
  }
  return classes;
}

function checkNoOverlap(root: string, train: readonly ManifestEntry[], test: readonly ManifestEntry[]): void {
  const training = new Set(train.map(({ file }) => file));
  const shared = test.filter(({ file }) => training.has(file));
  if (shared.length > 0) {
    throw dataSetError(
      `${shared.length} recordings are selected for training and for testing, the first is ${shared[0]!.file}`,
      'Change the ranges of data.events.train and data.events.test so that they do not overlap.',
      root,
    );
  }
}

async function listSplits(
  root: string,
  selections: readonly RecordingSelection[],
  complain: Complain,
): Promise<Map<string, SplitListing>> {
  const listings = new Map<string, SplitListing>();
  for (const { split } of selections) {
    if (!listings.has(split)) {
      listings.set(split, await listSplit(root, split, complain));
    }
  }
  return listings;
}

/**
 * N-MNIST (methods.md 3.1): lists the official layout and applies the configured selections (number ranges inclusive;
 * `perClass`: of each class the first so many in number order). A recording selected twice within train or test counts
 * once. Problems: missing folder or split, empty class, wrong names, different classes per split, a selection without
 * recordings of a class, overlap of train and test.
 */
export const nmnist: EventSet<EventDataOf<'n-mnist'>> = {
  title: 'N-MNIST',
  layout: 'Train|Test/<digit>/<number>.bin',
  official: { samplesOfClass: new Map(DIGITS.map((count, digit) => [String(digit), count])) },
  async list(events, complain) {
    const root = events.folder;
    await namesIn(root, 'the event data set');
    const listings = await listSplits(root, [...events.train, ...events.test], complain);
    const classes = checkSameClasses(root, listings, complain);
    const warnings: string[] = [];
    const select = (selections: readonly RecordingSelection[]) =>
      selectRecordings(root, listings, selections, classes, { complain, warnings });
    const train = await select(events.train);
    const test = await select(events.test);
    checkNoOverlap(root, train, test);
    return { root, classes, recordings: [...train, ...test], official: { train, test }, warnings };
  },
  frameRule: (_configuration, { timeSteps, sizePixels }) => ({
    timeSteps,
    size: sizePixels,
    kind: 'count',
    sensor: NMNIST_SENSOR,
    timeOrigin: 'zero',
    formats: 'n-mnist',
  }),
};

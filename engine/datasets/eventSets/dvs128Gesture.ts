import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { GESTURES } from '../../events/gestures';
import type { EventDataOf } from '../eventDataSchema';
import type { ManifestEntry, TimeSlice } from '../manifest';
import { missingClasses } from './classFolders';
import { type Complain, dataSetError, type EventSet } from './eventSet';
import { fileSizes, findRoot } from './folderListing';

const TITLE = 'DVS128 Gesture';
const LAYOUT = 'DvsGesture/userNN_<light>.aedat, …_labels.csv, trials_to_train.txt, trials_to_test.txt';
const LISTS = { train: 'trials_to_train.txt', test: 'trials_to_test.txt' } as const;
const SENSOR = { width: 128, height: 128 };
const RESTORE = `Restore it from the data set. The layout is ${LAYOUT}.`;
/** Rows of the labels of all trials (formats.md 13). */
const TRAIN_SAMPLES = 1176;
const TEST_SAMPLES = 288;

/** A row of a labels file. */
interface GestureRow {
  /** Class of the data set, 1 to 11. */
  readonly gesture: number;
  readonly slice: TimeSlice;
}

async function readText(file: string, what: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw dataSetError(`${what} cannot be read (${cause.code})`, RESTORE, file, cause);
  });
}

/** Rows class,startTime_usec,endTime_usec behind a header; undefined for a row that is none. */
export function parseGestureRows(text: string): (GestureRow | undefined)[] {
  const rows = text.trimEnd().split(/\r?\n/).slice(1);
  return rows.map((row) => {
    const [gesture = 0, from = -1, to = -1] = row.split(',').map(Number);
    const isSound = Number.isInteger(gesture) && gesture >= 1 && gesture <= GESTURES.length;
    return isSound && from >= 0 && to > from ? { gesture, slice: { from, to } } : undefined;
  });
}

/** The samples of a trial; none where it or its labels are missing. */
async function entriesOfTrial(root: string, file: string, complain: Complain): Promise<ManifestEntry[]> {
  const labels = path.join(root, file.replace(/\.aedat$/, '_labels.csv'));
  try {
    const [bytes] = await fileSizes(root, [file]);
    const rows = parseGestureRows(await readText(labels, 'the labels of a trial'));
    const wrong = rows.indexOf(undefined);
    if (wrong >= 0) {
      complain(dataSetError(`row ${wrong + 2} is no class 1 to 11 with start and end time`, RESTORE, labels));
    }
    return rows.flatMap((row, index) =>
      row ? [{ file, label: row.gesture - 1, number: index + 1, bytes: bytes!, slice: row.slice }] : [],
    );
  } catch (error) {
    complain(error as Parameters<Complain>[0]);
    return [];
  }
}

async function entriesOfList(root: string, list: string, complain: Complain): Promise<ManifestEntry[]> {
  const text = await readText(path.join(root, list), 'the list of trials');
  const trials = text.split(/\r?\n/).map((line) => line.trim());
  const entries: ManifestEntry[] = [];
  for (const trial of trials.filter((name) => name !== '')) {
    entries.push(...(await entriesOfTrial(root, trial, complain)));
  }
  return entries.sort((left, right) => left.label - right.label);
}

/**
 * DVS128 Gesture (formats.md 13): a sample is a row of the labels, start <= t < end; rows may overlap or repeat. The
 * official split is that of trials_to_train.txt (users 1 to 23) and trials_to_test.txt (24 to 29).
 */
export const dvs128Gesture: EventSet<EventDataOf<'dvs128-gesture'>> = {
  title: TITLE,
  layout: LAYOUT,
  official: { samplesOfClass: new Map(), total: TRAIN_SAMPLES + TEST_SAMPLES },
  async list({ folder }, complain) {
    const root = await findRoot(folder, ['DvsGesture'], Object.values(LISTS), LAYOUT);
    const train = await entriesOfList(root, LISTS.train, complain);
    const test = await entriesOfList(root, LISTS.test, complain);
    const recordings = [...train, ...test].sort((left, right) => left.label - right.label);
    if (recordings.length === 0) {
      throw dataSetError('the lists name no trial that is there', RESTORE, root);
    }
    const found = GESTURES.filter((_, label) => recordings.some((each) => each.label === label));
    return {
      root,
      classes: GESTURES,
      recordings,
      official: { train, test },
      warnings: missingClasses(TITLE, GESTURES, found),
    };
  },
  frameRule: ({ timeOrigin }, { timeSteps, sizePixels }) => ({
    timeSteps,
    size: sizePixels,
    kind: 'count',
    sensor: SENSOR,
    timeOrigin,
    formats: ['aedat3'],
  }),
};

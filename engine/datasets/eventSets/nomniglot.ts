import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EventDataOf } from '../eventDataSchema';
import type { ManifestEntry, TimeSlice } from '../manifest';
import { type Complain, dataSetError, type EventSet } from './eventSet';
import { entriesIn, fileSizes, findRoot, foldersIn } from './folderListing';

const TITLE = 'N-Omniglot';
const LAYOUT = 'dvs_background|dvs_evaluation/<alphabet>/characterNN/NNNN.aedat4 and NNNN.csv';
const PARTS = ['dvs_background', 'dvs_evaluation'] as const;
const CHARACTERS = 1623;
const DRAWINGS = 20;
const SENSOR = { width: 346, height: 260 };
const RESTORE = `Restore it from the data set. The layout is ${LAYOUT}.`;

/** A character's folder. */
interface Character {
  /** `<alphabet>/characterNN`. */
  readonly name: string;
  /** Path inside the data set. */
  readonly place: string;
}

/** Rows of a .csv file: a header, then columns ?, start, end in µs of the recording's clock (methods.md 3.1). */
export function parseDrawingTimes(text: string): TimeSlice[] {
  const rows = text.trimEnd().split(/\r?\n/).slice(1);
  return rows.map((row) => {
    const [, from = Number.NaN, to = Number.NaN] = row.split(',').map(Number);
    return { from, to };
  });
}

async function charactersOf(root: string, part: string): Promise<Character[]> {
  const folder = path.join(root, part);
  const alphabets = await foldersIn(folder, `the part ${part}`, RESTORE);
  const characters: Character[] = [];
  for (const alphabet of alphabets) {
    for (const character of await foldersIn(path.join(folder, alphabet), 'the alphabet', RESTORE)) {
      characters.push({ name: `${alphabet}/${character}`, place: `${part}/${alphabet}/${character}` });
    }
  }
  return characters;
}

/** Names of the recording and of its times; undefined where one is missing. */
async function filesOf(
  folder: string,
  complain: Complain,
): Promise<{ recording: string; times: string } | undefined> {
  const names = (await entriesIn(folder, 'the character', RESTORE)).map(({ name }) => name);
  const recording = names.find((name) => /^\d{4}\.aedat4$/.test(name));
  const times = names.find((name) => /^\d{4}\.csv$/.test(name));
  if (!recording || !times) {
    const missing = [recording ? '' : 'NNNN.aedat4', times ? '' : 'NNNN.csv'].filter(Boolean).join(' and ');
    complain(dataSetError(`the character has no ${missing}`, RESTORE, folder));
    return undefined;
  }
  return { recording, times };
}

async function readTimes(file: string, complain: Complain): Promise<TimeSlice[]> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw dataSetError(`the times cannot be read (${cause.code})`, RESTORE, file, cause);
  });
  const slices = parseDrawingTimes(text);
  const wrong = slices.findIndex(({ from, to }) => !(to > from && from >= 0));
  if (wrong >= 0) {
    complain(dataSetError(`row ${wrong + 2} holds no start and end time`, RESTORE, file));
  }
  if (slices.length !== DRAWINGS) {
    complain(dataSetError(`there are ${slices.length} rows of times instead of ${DRAWINGS}`, RESTORE, file));
  }
  return slices;
}

async function entriesOfCharacter(
  root: string,
  { place }: Character,
  label: number,
  complain: Complain,
): Promise<ManifestEntry[]> {
  const files = await filesOf(path.join(root, place), complain);
  if (!files) {
    return [];
  }
  const file = `${place}/${files.recording}`;
  const [bytes] = await fileSizes(root, [file]);
  const slices = await readTimes(path.join(root, place, files.times), complain);
  return slices.flatMap((slice, index) =>
    slice.to > slice.from ? [{ file, label, number: index + 1, bytes: bytes!, slice }] : [],
  );
}

/**
 * N-Omniglot (methods.md 3.1, 3.2): background (964 characters), then evaluation (659), each sorted by name (the
 * authors' order is that of the file system; methods.md 3.5). Sample k of a file is drawing k, from 1.
 */
export const nomniglot: EventSet<EventDataOf<'n-omniglot'>> = {
  title: TITLE,
  layout: LAYOUT,
  official: { samplesOfClass: new Map(), total: CHARACTERS * DRAWINGS },
  async list({ folder }, complain) {
    const root = await findRoot(folder, ['N-Omniglot', 'nomniglot'], PARTS, LAYOUT);
    const present = (await foldersIn(root, 'the data set', RESTORE)).filter((name) =>
      PARTS.some((part) => part === name),
    );
    const characters: Character[] = [];
    for (const part of present) {
      characters.push(...(await charactersOf(root, part)));
    }
    const recordings: ManifestEntry[] = [];
    for (const [label, character] of characters.entries()) {
      recordings.push(...(await entriesOfCharacter(root, character, label, complain)));
    }
    if (recordings.length === 0) {
      throw dataSetError('there are no recordings', RESTORE, root);
    }
    const few =
      characters.length === CHARACTERS
        ? []
        : [`${characters.length} of the ${CHARACTERS} characters of ${TITLE} are here`];
    return { root, classes: characters.map(({ name }) => name), recordings, warnings: few };
  },
  frameRule: (_configuration, { timeSteps, sizePixels }) => ({
    timeSteps,
    size: sizePixels,
    kind: 'frequency',
    sensor: SENSOR,
    timeOrigin: 'first-event',
    formats: ['aedat4'],
  }),
};

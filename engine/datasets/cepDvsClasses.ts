import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SpikeBridgeError } from '../errors';

/** The 20 classes of CEP-DVS, the coarse classes of CIFAR-100, in index order (methods.md 3.1). */
export const CEP_DVS_CLASSES: readonly string[] = [
  'aquatic_mammals',
  'fish',
  'flowers',
  'food_containers',
  'fruit_and_vegetables',
  'household_electrical_devices',
  'household_furniture',
  'insects',
  'large_carnivores',
  'large_man-made_outdoor_things',
  'large_natural_outdoor_scenes',
  'large_omnivores_and_herbivores',
  'medium_mammals',
  'non-insect_invertebrates',
  'people',
  'reptiles',
  'small_mammals',
  'trees',
  'vehicles_1',
  'vehicles_2',
];

/** Name of the table of classes, in the data set's folder. */
export const CEP_DVS_TABLE = 'pathFile.csv';

/** Fifth word; blanks part words one by one, as the authors' code counts them, or in runs. */
function classOfRow(row: string): number {
  const words = [row.split(/\s/)[4], row.split(/\s+/)[4]].map((word) => word?.replace(/[",;]+$/, ''));
  const labels = words.map((word) => CEP_DVS_CLASSES.indexOf(word ?? ''));
  return labels.find((label) => label >= 0) ?? -1;
}

async function readTable(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new SpikeBridgeError(
      'data',
      `the table of classes cannot be read (${cause.code})`,
      `The folder of CEP-DVS must hold ${CEP_DVS_TABLE} and data; correct the folder in the run configuration.`,
      { file },
      { cause },
    );
  });
  return text.replace(/\n+$/, '').split(/\r?\n/).slice(1);
}

/** Which class a file number has. */
export interface CepDvsTable {
  /** Labels 0 to 19 of the data rows in order. */
  readonly labels: readonly number[];
  /** Absolute path of the table. */
  readonly file: string;
}

/**
 * Reads pathFile.csv: after the header, row k (from 0) names the class of file number k in its fifth word
 * (methods.md 3.1).
 * @param folder the data set's folder, absolute.
 * @throws SpikeBridgeError (data) where the table is missing or a row names no class of CEP-DVS.
 */
export async function readCepDvsTable(folder: string): Promise<CepDvsTable> {
  const file = path.join(folder, CEP_DVS_TABLE);
  const labels = (await readTable(file)).map(classOfRow);
  const unknown = labels.indexOf(-1);
  if (unknown >= 0) {
    throw new SpikeBridgeError(
      'data',
      'the fifth word of this row is no class of CEP-DVS',
      'Replace the file with a fresh copy of the data set.',
      { file, line: unknown + 2 },
    );
  }
  return { labels, file };
}

/**
 * Label of a file number: the row of that number; numbers that run from 1 to the number of rows are one more than
 * their row.
 * @param numbers all file numbers there are.
 * @returns undefined for a number without a row.
 */
export function cepDvsLabels(
  { labels }: CepDvsTable,
  numbers: readonly number[],
): (number: number) => number | undefined {
  const fromOne = numbers.includes(labels.length) && !numbers.includes(0);
  return (number) => labels[number - (fromOne ? 1 : 0)];
}

import path from 'node:path';
import { CEP_DVS_CLASSES, CEP_DVS_TABLE, cepDvsLabels, readCepDvsTable } from '../cepDvsClasses';
import type { EventDataOf } from '../eventDataSchema';
import { entriesOf, type FoundRecording, missingClasses } from './classFolders';
import { type Complain, dataSetError, type EventSet } from './eventSet';
import { entriesIn, findRoot } from './folderListing';

const TITLE = 'CEP-DVS';
const LAYOUT = 'pathFile.csv and data/MAT/img/NNNNN.mat';
const FOLDER = 'data/MAT/img';
const PER_CLASS = 500;
const RESTORE = `Restore the folder from the data set. The layout is ${LAYOUT}.`;

async function listFiles(root: string, complain: Complain): Promise<FoundRecording[]> {
  const folder = path.join(root, FOLDER);
  const files: FoundRecording[] = [];
  for (const { name } of await entriesIn(folder, 'the folder of the recordings', RESTORE)) {
    const digits = /^(\d+)\.mat$/.exec(name)?.[1];
    if (digits === undefined) {
      complain(
        dataSetError(
          'the name is not NNNNN.mat',
          `Move it out of the data set. ${RESTORE}`,
          path.join(folder, name),
        ),
      );
    } else {
      files.push({ file: `${FOLDER}/${name}`, number: Number(digits) });
    }
  }
  if (files.length === 0) {
    throw dataSetError('there are no recordings', RESTORE, folder);
  }
  return files.sort((left, right) => left.number - right.number);
}

/** CEP-DVS (methods.md 3.1): row k of pathFile.csv names the class of file k. */
export const cepDvs: EventSet<EventDataOf<'cep-dvs'>> = {
  title: TITLE,
  layout: LAYOUT,
  official: { samplesOfClass: new Map(CEP_DVS_CLASSES.map((name) => [name, PER_CLASS])) },
  async list({ folder }, complain) {
    const root = await findRoot(folder, ['CEP-DVS'], [CEP_DVS_TABLE], LAYOUT);
    const table = await readCepDvsTable(root);
    const files = await listFiles(root, complain);
    const labelOf = cepDvsLabels(
      table,
      files.map(({ number }) => number),
    );
    const found = new Map<string, FoundRecording[]>();
    for (const recording of files) {
      const label = labelOf(recording.number);
      if (label === undefined) {
        complain(
          dataSetError(
            `${CEP_DVS_TABLE} has no row for this recording`,
            `Replace ${CEP_DVS_TABLE} with the one of the data set.`,
            path.join(root, recording.file),
          ),
        );
      } else {
        const name = CEP_DVS_CLASSES[label]!;
        found.set(name, [...(found.get(name) ?? []), recording]);
      }
    }
    const classes = CEP_DVS_CLASSES.filter((name) => found.has(name));
    return {
      root,
      classes,
      recordings: await entriesOf(root, classes, found),
      warnings: missingClasses(TITLE, CEP_DVS_CLASSES, classes),
    };
  },
  frameRule: (_configuration, { timeSteps, sizePixels }) => ({
    timeSteps,
    size: sizePixels,
    kind: 'count',
    timeOrigin: 'zero',
    formats: ['mat'],
    known: { timeUnit: 'us' },
  }),
};

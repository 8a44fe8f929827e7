import path from 'node:path';
import { CALTECH101_CLASSES } from '../caltechClasses';
import type { EventDataOf } from '../eventDataSchema';
import { entriesOf, findClasses, missingClasses } from './classFolders';
import type { EventSet } from './eventSet';
import { findRoot } from './folderListing';

const TITLE = 'N-Caltech101';
const LAYOUT = 'Caltech101/<class>/image_XXXX.bin';
const NAMES = CALTECH101_CLASSES.map(({ name }) => name);

/** N-Caltech101 (methods.md 3.1, 3.2): class index = position among the sorted names, BACKGROUND_Google first. */
export const ncaltech101: EventSet<EventDataOf<'n-caltech101'>> = {
  title: TITLE,
  layout: LAYOUT,
  official: { samplesOfClass: new Map(CALTECH101_CLASSES.map(({ name, count }) => [name, count])) },
  async list({ folder }, complain) {
    const root = await findRoot(
      folder,
      ['Caltech101', path.join('N-Caltech101', 'Caltech101')],
      NAMES,
      LAYOUT,
    );
    const layout = {
      layout: LAYOUT,
      known: NAMES,
      numberOf: (name: string) =>
        Number(/^[a-z_]+_(\d{4})\.bin$/i.exec(name)?.[1] ?? Number.NaN) || undefined,
    };
    const found = await findClasses(root, '', layout, complain);
    const classes = [...found.keys()];
    return {
      root,
      classes,
      recordings: await entriesOf(root, classes, found),
      warnings: missingClasses(TITLE, NAMES, classes),
    };
  },
  frameRule: (_configuration, { timeSteps, sizePixels }) => ({
    timeSteps,
    size: sizePixels,
    kind: 'count',
    fromMinimum: true,
    timeOrigin: 'zero',
    formats: ['atis'],
  }),
};

import type { EventDataOf } from '../eventDataSchema';
import { entriesOf, findClasses, missingClasses } from './classFolders';
import type { EventSet } from './eventSet';
import { findRoot } from './folderListing';

const TITLE = 'CIFAR10-DVS';
const LAYOUT = '<class>/cifar10_<class>_<n>.aedat (version 1) or <class>/*.aedat4 (version 2)';
const PER_CLASS = 1000;
const SENSOR = { width: 128, height: 128 };

/** The classes of CIFAR-10 in index order, which is that of their names. */
export const CIFAR10_CLASSES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

/** Number at the end of cifar10_airplane_17.aedat; from 0. */
function numberOf(name: string): number | undefined {
  const digits = /(\d+)\.aedat4?$/i.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** CIFAR10-DVS versions 1 (AEDAT 2.0) and 2 (the same recordings as AEDAT 4; formats.md 13). */
export const cifar10Dvs: EventSet<EventDataOf<'cifar10-dvs'>> = {
  title: TITLE,
  layout: LAYOUT,
  official: { samplesOfClass: new Map(CIFAR10_CLASSES.map((name) => [name, PER_CLASS])) },
  async list({ folder }, complain) {
    const root = await findRoot(folder, ['CIFAR10DVS', 'CIFAR10-DVS'], CIFAR10_CLASSES, LAYOUT);
    const found = await findClasses(root, '', { layout: LAYOUT, known: CIFAR10_CLASSES, numberOf }, complain);
    const classes = [...found.keys()];
    return {
      root,
      classes,
      recordings: await entriesOf(root, classes, found),
      warnings: missingClasses(TITLE, CIFAR10_CLASSES, classes),
    };
  },
  frameRule: ({ transpose, timeOrigin }, { timeSteps, sizePixels }) => ({
    timeSteps,
    size: sizePixels,
    kind: 'count',
    sensor: SENSOR,
    timeOrigin,
    formats: ['aedat2', 'aedat4'],
    transposed: transpose === undefined ? ['aedat2'] : transpose ? ['aedat2', 'aedat4'] : [],
  }),
};

import type { EventDataOf } from '../eventDataSchema';
import type { ManifestEntry } from '../manifest';
import { entriesOf, findClasses } from './classFolders';
import type { EventSet } from './eventSet';
import { findRoot } from './folderListing';

const TITLE = 'N-Cars';
const LAYOUT = 'n-cars_train|n-cars_test/{background,cars}/obj_NNNNNN_td.dat';
const PARTS = { train: 'n-cars_train', test: 'n-cars_test' } as const;
const CLASSES = ['background', 'cars'] as const;
/** Training and test recordings of both (formats.md 13). */
const OFFICIAL = new Map([
  ['background', 7482 + 4211],
  ['cars', 7940 + 4396],
]);

function numberOf(name: string): number | undefined {
  const digits = /^obj_(\d+)_td\.dat$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** N-Cars (formats.md 13): events only; background 0, cars 1. */
export const ncars: EventSet<EventDataOf<'n-cars'>> = {
  title: TITLE,
  layout: LAYOUT,
  official: { samplesOfClass: OFFICIAL },
  async list({ folder }, complain) {
    const root = await findRoot(folder, ['Prophesee_Dataset_n_cars', 'n-cars'], Object.values(PARTS), LAYOUT);
    const layout = { layout: LAYOUT, known: CLASSES, numberOf };
    const entriesOfPart = async (part: string): Promise<ManifestEntry[]> =>
      entriesOf(root, CLASSES, await findClasses(root, part, layout, complain));
    const train = await entriesOfPart(PARTS.train);
    const test = await entriesOfPart(PARTS.test);
    const recordings = [...train, ...test].sort((left, right) => left.label - right.label);
    return { root, classes: CLASSES, recordings, official: { train, test }, warnings: [] };
  },
  frameRule: ({ timeOrigin }, { timeSteps, sizePixels }) => ({
    timeSteps,
    size: sizePixels,
    kind: 'count',
    timeOrigin,
    formats: ['dat'],
  }),
};

import type { Experiment, ExperimentRow } from '../experiment';
import { EVENTS_ONLY } from './ablations';
import { CALTECH_BASE, CALTECH_FOLDERS, CALTECH_PAPER_SPLIT, CALTECH_PER_CLASS } from './nCaltech101';

/** Shares of event and of static training data on N-Caltech101 (methods.md 8.2). */

const SOURCE = "methods.md 8.2: the authors' plot script, one run";
const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const BASELINE = [44.48, 55.63, 64.37, 67.69, 70.46, 72.76, 75.86, 76.55, 78.39, 79.66];
const KTL = [58.5, 69.2, 75.51, 78.62, 81.83, 85.63, 87.36, 88.97, 91.95, 92.64];
/** Iterations of an epoch at each share (methods.md 3.4), so that each epoch is evaluated. */
const EPOCHS = [6, 12, 19, 25, 32, 38, 45, 51, 58, 65];

const COMMON = {
  origin: 'published',
  folders: CALTECH_FOLDERS,
  recordingsPerClass: CALTECH_PER_CLASS,
  base: CALTECH_BASE,
  paperSplit: CALTECH_PAPER_SPLIT,
  seeds: [42],
  reports: 'best',
} as const satisfies Partial<Experiment>;

const percent = (share: number) => Math.round(100 * share);

const eventRows = SHARES.flatMap((eventRatio, index): ExperimentRow[] => {
  const changes = { data: { split: { eventRatio } }, training: { evaluateEvery: EPOCHS[index] } };
  const row = (id: string, label: string, numbers: readonly number[], method: object): ExperimentRow => ({
    id: `${id}-${percent(eventRatio)}`,
    label: `${label}, ${percent(eventRatio)} % of the recordings`,
    changes: { ...method, ...changes },
    published: { percent: numbers[index] ?? Number.NaN, source: SOURCE },
  });
  return [row('events-only', 'events only', BASELINE, EVENTS_ONLY), row('ktl', 'KTL', KTL, {})];
});

export const N_CALTECH101_EVENT_SHARE: Experiment = {
  ...COMMON,
  name: 'n-caltech101-event-share',
  title: 'N-Caltech101: share of event training data',
  description: 'Events only and KTL on 10 % to 100 % of the training recordings, with all static images.',
  rows: eventRows,
};

const IMAGE_SHARES: readonly (readonly [share: number, percent: number])[] = [
  [0.1, 80.0],
  [0.3, 82.41],
  [0.5, 86.2],
  [0.8, 88.5],
  [1, 92.64],
];

export const N_CALTECH101_IMAGE_SHARE: Experiment = {
  ...COMMON,
  name: 'n-caltech101-image-share',
  title: 'N-Caltech101: share of static training data',
  description: 'KTL with none to all of the static images, on all training recordings.',
  rows: [
    {
      id: 'ktl-0',
      label: 'no static images (events only)',
      changes: EVENTS_ONLY,
      published: { percent: 79.66, source: SOURCE },
    },
    ...IMAGE_SHARES.map(
      ([imageRatio, published]): ExperimentRow => ({
        id: `ktl-${percent(imageRatio)}`,
        label: `KTL, ${percent(imageRatio)} % of the static images`,
        changes: { data: { split: { imageRatio } } },
        published: { percent: published, source: SOURCE },
      }),
    ),
  ],
};

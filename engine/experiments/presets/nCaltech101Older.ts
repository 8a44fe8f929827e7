import type { ConfigurationChanges, Experiment, ExperimentRow } from '../experiment';
import { EVENTS_ONLY } from './ablations';
import { CALTECH_BASE, CALTECH_FOLDERS, CALTECH_PAPER_SPLIT, CALTECH_PER_CLASS } from './nCaltech101';
import { olderVariant } from './olderVariant';

/** N-Caltech101: the older variant of KTL and the effect of TET (methods.md 4.7, 8.2). */

const OLDER = 'methods.md 8.2: older variant of KTL';
const TET = 'methods.md 8.2: effect of TET on VGG-SNN';
const TRANSFER = olderVariant({ weight: 0.001, margin: 0.3, from: 1 / 3 });
const ALONE: ConfigurationChanges = { ...EVENTS_ONLY, training: { epochs: 600 } };

const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const ALONE_NUMBERS = [45.4, 56.44, 64.83, 67.93, 71.72, 73.22, 76.78, 77.13, 78.74];
const TRANSFER_NUMBERS = [55.17, 63.22, 68.39, 71.49, 74.25, 77.01, 79.2, 78.74, 79.2];

function shareRows(id: string, label: string, method: object, numbers: readonly number[]): ExperimentRow[] {
  return numbers.map((percent, index) => {
    const eventRatio = SHARES[index] ?? 1;
    const share = Math.round(100 * eventRatio);
    return {
      id: `${id}-${share}`,
      label: `${label}, ${share} % of the recordings`,
      changes: { ...method, data: { split: { eventRatio } } },
      published: { percent, source: OLDER },
    };
  });
}

export const N_CALTECH101_OLDER: Experiment = {
  name: 'n-caltech101-older',
  title: 'N-Caltech101: older variant of KTL, effect of TET',
  description:
    'The semantic-loss variant of the first preprint on shares of the recordings, and events only with and without TET.',
  origin: 'published',
  folders: CALTECH_FOLDERS,
  recordingsPerClass: CALTECH_PER_CLASS,
  base: CALTECH_BASE,
  paperSplit: CALTECH_PAPER_SPLIT,
  seeds: [42],
  reports: 'best',
  rows: [
    {
      id: 'events-only-ce',
      label: 'events only, cross-entropy of the mean',
      changes: { ...EVENTS_ONLY, loss: { classification: 'mean-logits' } },
      published: { percent: 76.2, source: TET },
    },
    {
      id: 'events-only-tet-ce',
      label: 'events only, TET without level term',
      changes: { ...EVENTS_ONLY, loss: { tetLambda: 0 } },
      published: { percent: 78.4, source: TET },
    },
    {
      id: 'events-only-tet',
      label: 'events only, TET',
      changes: EVENTS_ONLY,
      published: { percent: 80.8, source: TET },
    },
    {
      id: 'events-only',
      label: 'events only, 600 epochs',
      changes: ALONE,
      published: { percent: 79.54, source: OLDER },
    },
    {
      id: 'older-blue',
      label: 'older variant, blue channel',
      changes: { ...TRANSFER, data: { images: { channel: 'blue' } } },
      published: { percent: 81.26, source: OLDER },
    },
    {
      id: 'older',
      label: 'older variant, V channel',
      changes: TRANSFER,
      published: { percent: 81.72, source: OLDER },
    },
    ...shareRows('events-only', 'events only', ALONE, ALONE_NUMBERS),
    ...shareRows('older', 'older variant', TRANSFER, TRANSFER_NUMBERS),
  ],
  ours: [
    'the older code had 8,299 static images without the grey ones, and took partners from all images of a class; here it is the 8,709 images, divided as the split says',
  ],
};

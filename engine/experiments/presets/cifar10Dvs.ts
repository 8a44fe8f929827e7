import type { Experiment } from '../experiment';
import { EVENTS_ONLY, FIXED_COEFFICIENT, NO_ALIGNMENT } from './ablations';
import { olderVariant } from './olderVariant';

/** CIFAR10-DVS with CIFAR-10: no command of the AAAI release is known; numbers of methods.md 8.2. */

const OLDER = 'methods.md 8.2: older variant of KTL';
const TET = 'methods.md 8.2: effect of TET on VGG-SNN';

const OLDER_VARIANT = olderVariant({ weight: 0.5, margin: 0.1, from: 0 });

export const CIFAR10_DVS: Experiment = {
  name: 'cifar10-dvs',
  title: 'CIFAR10-DVS: KTL, its older variant, TMKT',
  description:
    'Events only with and without TET, the older variant of KTL, and the parts of the AAAI method, on 9,000 training recordings.',
  origin: 'published',
  folders: {
    events: ['CIFAR10-DVS', 'CIFAR10DVS', 'cifar10dvs', 'DVSCIFAR10'],
    images: ['CIFAR-10', 'CIFAR10', 'cifar10', 'cifar-10-batches-bin'],
  },
  recordingsPerClass: 1000,
  base: {
    method: 'ktl',
    data: {
      events: { format: 'cifar10-dvs' },
      images: { format: 'cifar10', channel: 'value' },
      split: { policy: 'leak-free' },
      augmentation: { kind: 'dvs-da' },
    },
    frames: { timeSteps: 10, sizePixels: 48 },
    network: { preset: 'vgg-snn' },
    training: { batchPairs: 120, epochs: 300, evaluateEvery: 75 },
    optimizer: { learningRate: 5.859375e-4, warmup: 5, schedule: 'epoch' },
  },
  paperSplit: { data: { split: { policy: 'paper' }, pairing: 'label-as-index' } },
  seeds: [42],
  reports: 'best',
  rows: [
    {
      id: 'events-only-ce',
      label: 'events only, cross-entropy of the mean',
      changes: { ...EVENTS_ONLY, loss: { classification: 'mean-logits' } },
      published: { percent: 81.3, source: TET },
    },
    {
      id: 'events-only-tet-ce',
      label: 'events only, TET without level term',
      changes: { ...EVENTS_ONLY, loss: { tetLambda: 0 } },
      published: { percent: 82.4, source: TET },
    },
    {
      id: 'events-only',
      label: 'events only, TET',
      changes: EVENTS_ONLY,
      published: { percent: 82.9, source: TET },
    },
    {
      id: 'older-blue',
      label: 'older variant of KTL, blue channel',
      changes: { ...OLDER_VARIANT, data: { images: { channel: 'blue' } } },
      published: { percent: 84.2, source: OLDER },
    },
    {
      id: 'older',
      label: 'older variant of KTL, V channel',
      changes: OLDER_VARIANT,
      published: { percent: 84.5, source: OLDER },
    },
    { id: 'no-alignment', label: 'static + sliding, no alignment', changes: NO_ALIGNMENT },
    { id: 'fixed', label: '+ alignment, fixed coefficient', changes: FIXED_COEFFICIENT },
    { id: 'ktl', label: 'KTL, full method', changes: {} },
    { id: 'tmkt', label: 'TMKT', changes: { method: 'tmkt' } },
  ],
  ours: ['length, batch and network of the AAAI method, taken from N-Caltech101: no command of it is known'],
};

import type { ConfigurationChanges, Experiment, ExperimentRow } from '../experiment';
import { EVENTS_ONLY, FIXED_COEFFICIENT, NO_ALIGNMENT } from './ablations';

/** NMNIST-1K: protocol and reference numbers are those of nmnist-1k.md. */

const SOURCE = "nmnist-1k.md: the authors' PyTorch modules, 4 to 5 seeds";
const RECORDINGS_PER_DIGIT = [5, 10, 30] as const;
type PerDigit = (typeof RECORDINGS_PER_DIGIT)[number];
/** Mean and population standard deviation of the reference, in per cent. */
type Reference = Readonly<Record<PerDigit, readonly [percent: number, deviation: number]>>;

interface Method {
  readonly id: string;
  readonly label: string;
  readonly changes: ConfigurationChanges;
  readonly reference?: Reference;
  readonly needsTeacher?: boolean;
}

const METHODS: readonly Method[] = [
  {
    id: 'events-only',
    label: 'events only',
    changes: EVENTS_ONLY,
    reference: { 5: [87.5, 0.8], 10: [88.1, 0.7], 30: [94.4, 0.7] },
  },
  {
    id: 'no-alignment',
    label: 'static + sliding, no alignment',
    changes: NO_ALIGNMENT,
    reference: { 5: [92.6, 1.1], 10: [92.6, 0.9], 30: [96.3, 0.5] },
  },
  {
    id: 'fixed',
    label: 'KTL, fixed coefficient',
    changes: FIXED_COEFFICIENT,
    reference: { 5: [93.9, 0.7], 10: [93.8, 1.7], 30: [97.2, 0.3] },
  },
  {
    id: 'ktl',
    label: 'KTL, learned coefficients',
    changes: {},
    reference: { 5: [94.7, 0.3], 10: [94.3, 0.6], 30: [97.1, 0.3] },
  },
  { id: 'ckd', label: 'CKD', changes: { method: 'ckd' }, needsTeacher: true },
  { id: 'tmkt', label: 'TMKT', changes: { method: 'tmkt' } },
];

const selection = (perClass: PerDigit): ConfigurationChanges => ({
  data: { events: { train: [{ split: 'Train', from: 1, to: 600, perClass }] } },
});

function rowsOf(perDigit: PerDigit): ExperimentRow[] {
  return METHODS.map(({ id, label, changes, reference, needsTeacher }) => {
    const numbers = reference?.[perDigit];
    return {
      id: `${id}-${perDigit}`,
      label: `${label}, ${perDigit} per digit`,
      changes: { ...selection(perDigit), ...changes },
      ...(needsTeacher && { needsTeacher }),
      ...(numbers && { published: { percent: numbers[0], deviation: numbers[1], source: SOURCE } }),
    };
  });
}

export const NMNIST_1K: Experiment = {
  name: 'nmnist-1k',
  title: 'NMNIST-1K',
  description:
    'Digits from 5, 10 or 30 real recordings each, with MNIST images of other digits: events only, KTL and its ablations, CKD, TMKT. Small enough for a CPU.',
  origin: 'ours',
  folders: { events: ['nmnist', 'N-MNIST'], images: ['mnist', 'MNIST/raw', 'MNIST'] },
  base: {
    method: 'ktl',
    data: {
      events: { format: 'n-mnist', test: [{ split: 'Train', from: 601, to: 1000 }, { split: 'Test' }] },
      images: { format: 'mnist', from: 1000, to: 6999 },
    },
    frames: { timeSteps: 6, sizePixels: 34 },
    network: { preset: 'nmnist-1k' },
    training: { batchPairs: 50, iterations: 600, evaluateEvery: 200 },
    optimizer: { learningRate: 2e-3, warmup: 30 },
  },
  seeds: [0, 1, 2],
  reports: 'last',
  teacher: {
    seed: 0,
    changes: {
      ...selection(5),
      network: { preset: 'vgg-ann', channels: [16, 16, 32, 32, 64, 64, 64, 64] },
      loss: { classification: 'mean-logits' },
      training: { batchPairs: 100, iterations: 200, evaluateEvery: 100 },
    },
  },
  rows: RECORDINGS_PER_DIGIT.flatMap(rowsOf),
  ours: ['CKD and TMKT have no reference on this benchmark; the teacher of CKD is a small VGG of ours'],
};

import type { Experiment } from '../experiment';
import { EVENTS_ONLY, FIXED_COEFFICIENT, NO_ALIGNMENT } from './ablations';

/** N-MNIST with MNIST on the authors' network; no published table uses it (methods.md 2.4). */
export const N_MNIST: Experiment = {
  name: 'n-mnist',
  title: 'N-MNIST: KTL, CKD, TMKT',
  description:
    "All of N-MNIST with all of MNIST on the authors' Transfer_NMNIST_SNN. No published table uses it: every choice is ours.",
  origin: 'ours',
  folders: { events: ['N-MNIST', 'NMNIST', 'nmnist'], images: ['MNIST/raw', 'MNIST', 'mnist'] },
  recordingsPerClass: 6000,
  base: {
    method: 'ktl',
    data: { events: { format: 'n-mnist' }, images: { format: 'mnist' } },
    frames: { timeSteps: 10, sizePixels: 34 },
    network: { preset: 'nmnist-snn' },
    training: { batchPairs: 120, epochs: 20, evaluateEvery: 500 },
    optimizer: { learningRate: 5.859375e-4, warmup: 2, schedule: 'epoch' },
  },
  seeds: [42, 1024, 90210],
  reports: 'best',
  teacher: {
    seed: 42,
    changes: {
      network: { preset: 'vgg-ann', channels: [16, 16, 32, 32, 64, 64, 64, 64] },
      loss: { classification: 'mean-logits' },
      training: { epochs: 5 },
      optimizer: { learningRate: 1e-3, warmup: 1 },
    },
  },
  rows: [
    { id: 'events-only', label: 'events only', changes: EVENTS_ONLY },
    { id: 'no-alignment', label: 'static + sliding, no alignment', changes: NO_ALIGNMENT },
    { id: 'fixed', label: '+ alignment, fixed coefficient', changes: FIXED_COEFFICIENT },
    { id: 'ktl', label: 'KTL, full method', changes: {} },
    { id: 'ckd', label: 'CKD', changes: { method: 'ckd' }, needsTeacher: true },
    { id: 'tmkt', label: 'TMKT', changes: { method: 'tmkt' } },
  ],
};

import type { Experiment } from '../experiment';
import { EVENTS_ONLY } from './ablations';

/** N-Omniglot: the flags "OMN" of methods.md 7.2; no result number was found (8.1). */
export const N_OMNIGLOT: Experiment = {
  name: 'n-omniglot',
  title: 'N-Omniglot: KTL',
  description:
    'The row of run_omni.sh (methods.md 7.2, runs 19-21): shared classifier, no TET loss, no step weights. No published number was found.',
  origin: 'published',
  folders: {
    events: ['N-Omniglot', 'NOmniglot', 'nomniglot'],
    images: ['Omniglot', 'omniglot', 'omniglot-py'],
  },
  base: {
    method: 'ktl',
    data: {
      events: { format: 'n-omniglot' },
      images: { format: 'omniglot' },
      split: { policy: 'leak-free' },
      lastBatch: 'drop',
    },
    frames: { timeSteps: 12, sizePixels: 28 },
    network: { preset: 'scnn' },
    neuron: { surrogate: 'rectangle' },
    loss: { classification: 'mean-logits' },
    alignment: { kind: 'cka', coefficients: 'none' },
    training: { batchPairs: 16, epochs: 50, evaluateEvery: 1521 },
    optimizer: {
      learningRate: 0.01875,
      warmup: 5,
      decay: 'step',
      decayEvery: 40,
      decayRate: 0.1,
      schedule: 'epoch',
    },
  },
  paperSplit: { data: { split: { policy: 'paper' } } },
  seeds: [42, 1024, 90210],
  reports: 'best',
  rows: [
    { id: 'ktl', label: 'KTL (runs 19-21)', changes: {} },
    {
      id: 'events-only',
      label: 'events only (SCNN)',
      changes: { ...EVENTS_ONLY, alignment: { kind: 'none', coefficients: 'none', weight: 0 } },
      ours: ['this baseline'],
    },
  ],
};

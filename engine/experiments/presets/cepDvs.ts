import type { ConfigurationChanges, Experiment, ExperimentRow } from '../experiment';
import { EVENTS_ONLY, FIXED_COEFFICIENT, HARD_SWITCH_WITH_STEP_WEIGHTS, NO_ALIGNMENT } from './ablations';

/** CEP-DVS: the flags "CEP" of methods.md 7.2 and the numbers of 8.1 and 8.2. */

const BLUE: ConfigurationChanges = { data: { images: { channel: 'blue' } } };
const HEADLINE = "methods.md 8.1: the authors' plot script, one run";

const ROWS: readonly ExperimentRow[] = [
  { id: 'events-only', label: 'events only (resnet18, TET)', changes: EVENTS_ONLY },
  { id: 'no-alignment', label: 'static + sliding, no alignment (runs 7-9)', changes: NO_ALIGNMENT },
  { id: 'fixed', label: '+ alignment, fixed coefficient (runs 10-12)', changes: FIXED_COEFFICIENT },
  {
    id: 'blue',
    label: 'full method, blue channel (run 17)',
    changes: BLUE,
    seeds: [42],
    published: { percent: 28.9, source: "methods.md 8.2: the authors' plot script, one run" },
  },
  {
    id: 'no-sliding',
    label: 'full method, hard switch (run 18)',
    changes: HARD_SWITCH_WITH_STEP_WEIGHTS,
    seeds: [42],
  },
  {
    id: 'ktl',
    label: 'KTL, full method',
    changes: {},
    published: { percent: 30.5, source: HEADLINE },
  },
  {
    id: 'ckd',
    label: 'CKD',
    changes: { method: 'ckd' },
    needsTeacher: true,
    published: { percent: 40.2, source: 'methods.md 8.1: quoted by a summary; network and T are not known' },
    ours: ['the teacher: architecture, input size and recipe', 'network and T, taken from KTL'],
  },
  { id: 'tmkt', label: 'TMKT', changes: { method: 'tmkt' } },
];

export const CEP_DVS: Experiment = {
  name: 'cep-dvs',
  title: 'CEP-DVS: KTL and its ablations, CKD, TMKT',
  description:
    'Every row of run_aba.sh on CEP-DVS (methods.md 7.2, runs 7-12, 17, 18), the full method, the events-only baseline, CKD and TMKT.',
  origin: 'published',
  folders: { events: ['CEP-DVS', 'CEPDVS', 'cepdvs'], images: ['CEP-DVS', 'CEPDVS', 'cepdvs'] },
  recordingsPerClass: 500,
  base: {
    method: 'ktl',
    data: {
      events: { format: 'cep-dvs' },
      images: { format: 'cep-dvs', channel: 'value' },
      split: { policy: 'leak-free' },
      lastBatch: 'drop',
      augmentation: { kind: 'dvs-da' },
    },
    frames: { timeSteps: 6, sizePixels: 48 },
    network: { preset: 'resnet18-snn' },
    training: { batchPairs: 120, epochs: 200, evaluateEvery: 41 },
    optimizer: { learningRate: 5.859375e-4, warmup: 5, schedule: 'epoch' },
  },
  paperSplit: { data: { split: { policy: 'paper' }, pairing: 'list-position' } },
  seeds: [42, 1024, 90210],
  reports: 'best',
  teacher: {
    seed: 42,
    changes: {
      network: { preset: 'resnet18-ann' },
      loss: { classification: 'mean-logits' },
      training: { epochs: 100 },
      optimizer: { learningRate: 1e-3 },
    },
  },
  rows: ROWS,
  missing: [
    {
      label: 'loss landscape (run 23)',
      reason: 'it is an analysis of a checkpoint, not a run (methods.md 9.1)',
    },
  ],
};

import type { MethodPreset } from './methodPreset';

/** Baseline: one stream, one head, L = L_e; no static data. */
export const EVENTS_ONLY: MethodPreset = {
  streams: ['event'],
  alignment: { kind: 'none', weight: 0, coefficients: 'none', initialCoefficient: 1 },
  mixer: { kind: 'none', exponent: 3, schedule: 'iteration' },
};

import type { MethodPreset } from './methodPreset';
import { alignmentSchema, mixerSchema } from './methodSchema';

/** Baseline: one stream, one head, L = L_e; no static data (methods.md 7.2, Baselines). */
export const EVENTS_ONLY: MethodPreset = {
  streams: ['event'],
  alignment: alignmentSchema.parse({ kind: 'none', weight: 0, coefficients: 'none' }),
  mixer: mixerSchema.parse({ kind: 'none' }),
};

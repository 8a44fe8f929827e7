import { EVENTS_ONLY } from './eventsOnly';
import type { MethodPreset } from './methodPreset';
import { auxiliarySchema, mixerSchema } from './methodSchema';

/**
 * TMKT, time-step mixup (arXiv 2509.12959, 2511.12150; methods.md 6):
 *   L = L_m + L_e + 0.1 L_MAG + 0.1 L_MRP
 *   x_m[t] = x_s[t] for t < t*, x_e[t] from t* on; one switch per sequence, P(t* = k) = (1 - p)^(k-1) p,
 *   p solved from the mix ratio r: E[share of event frames] = 1 - (1-p) (1 - (1-p)^T) / (T p) = r
 *   L_MAG: which modality each frame came from; L_MRP: (sigmoid(head) - (T - t* + 1) / T)^2
 * L_m is the static loss on the mixed stream. r follows KTL's P; this, the heads, their losses and weights, and that
 * nothing is aligned, are ours: the paper's sources at hand do not give them (openChoices.ts).
 * Parts: classificationLoss.ts, timeStepMixup.ts, auxiliaryLoss.ts; their sum: transferLoss.ts.
 */
export const TMKT: MethodPreset = {
  streams: ['static', 'event'],
  alignment: EVENTS_ONLY.alignment,
  mixer: mixerSchema.parse({ kind: 'time-step', ratioSchedule: 'sliding', exponent: 3, law: 'open' }),
  auxiliary: auxiliarySchema.parse({ modalityWeight: 0.1, ratioWeight: 0.1 }),
};

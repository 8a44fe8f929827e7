import type { MethodPreset } from './methodPreset';
import { alignmentSchema, mixerSchema } from './methodSchema';

/**
 * KTL with sliding training (AAAI 2024; methods.md 4):
 *   L = L_s + L_e + kappa L_da,  kappa = 0.5
 *   L_da = (1/T) sum_t sigmoid(eta_t) (1 - CKA(m_s[t], m_e[t])),  eta_t learned, initially 1
 *   L_e weighs each step by 1 - sigmoid(eta_t); L_s never is
 *   P = ((b + e N) / (E N))^3: each static sample is replaced by its event partner with this probability.
 * Parts: classificationLoss.ts, linearCka.ts, alignmentLoss.ts, stepWeights.ts, sliding.ts; their sum: transferLoss.ts.
 */
export const KTL: MethodPreset = {
  streams: ['static', 'event'],
  alignment: alignmentSchema.parse({
    kind: 'cka',
    weight: 0.5,
    coefficients: 'learned',
    initialCoefficient: 1,
  }),
  mixer: mixerSchema.parse({ kind: 'sliding', exponent: 3, reach: 1, schedule: 'iteration' }),
};

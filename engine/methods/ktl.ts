import type { MethodPreset } from './methodPreset';

/**
 * KTL with sliding training (AAAI 2024; methods.md 4):
 *   L = L_s + L_e + kappa L_da,  kappa = 0.5
 *   L_da = (1/T) sum_t sigmoid(eta_t) (1 - CKA(m_s[t], m_e[t])),  eta_t learned, initially 1
 *   P = ((b + e N) / (E N))^3: each static sample is replaced by its event partner with this probability.
 * Losses: transferLoss.ts; CKA: linearCka.ts; replacement: sliding.ts.
 */
export const KTL: MethodPreset = {
  streams: ['static', 'event'],
  alignment: { kind: 'cka', weight: 0.5, coefficients: 'learned', initialCoefficient: 1 },
  mixer: { kind: 'sliding', exponent: 3, schedule: 'iteration' },
};

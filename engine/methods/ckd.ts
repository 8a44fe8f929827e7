import { KTL } from './ktl';
import type { MethodPreset } from './methodPreset';

/**
 * CKD, cross-modal knowledge distillation (ICME 2025; methods.md 5):
 *   L = [ W L_KD + L_s ] + L_e + 0.5 L_da
 *   L_KD = tau^2 KL(softmax(z_teacher / tau) || softmax(mean_t z_s[t] / tau)),  tau = 4
 *   W(e) = 1 / (1 + exp(60 (e/E - 0.5))): phase I distils, phase II does not
 * The teacher is a frozen ANN that sees the original colour images, also of samples that were replaced by events;
 * only the static stream is distilled. L_da with learned coefficients and sliding replacement are KTL's.
 * The paper's sources at hand give the data flow only: form, tau, weights and W are ours (openChoices.ts).
 * Parts: those of ktl.ts and distillationLoss.ts; the teacher itself: teacher.ts.
 */
export const CKD: MethodPreset = { ...KTL, needsTeacher: true };

import * as tf from '@tensorflow/tfjs-core';
import type { AlignmentConfiguration } from './methodSchema';

/** Weights per time step [T]; 1 where absent (methods.md 4.2, 4.3). */
export interface StepWeights {
  /** Of 1 - CKA_t in L_da. */
  readonly alignment?: tf.Tensor1D;
  /** r_t: of the cross-entropy in L_e. */
  readonly crossEntropy?: tf.Tensor1D;
  /** r'_t: of the level term in L_e. */
  readonly level?: tf.Tensor1D;
}

/** Whether eta_t is trained: also with fixed coefficients where the level term stays learned, as the authors' does. */
export function learnsCoefficients({
  kind,
  coefficients,
  fixedLevelTerm,
}: Pick<AlignmentConfiguration, 'kind' | 'coefficients' | 'fixedLevelTerm'>): boolean {
  return (
    kind === 'cka' &&
    (coefficients === 'learned' || (coefficients === 'fixed' && fixedLevelTerm === 'learned'))
  );
}

/**
 * Step weights of an alignment (methods.md 4.2, 4.3):
 *   learned: sigmoid(eta_t), 1 - sigmoid(eta_t), 1 - sigmoid(eta_t)
 *   fixed:   c, 1 - c, and 1 - sigmoid(eta_t) (the authors' code) or 1 - c
 * @param steps T. @param eta [T], where {@link learnsCoefficients}.
 */
export function stepWeightsOf(
  { kind, coefficients, fixedCoefficient }: AlignmentConfiguration,
  steps: number,
  eta?: tf.Tensor1D,
): StepWeights {
  if (kind === 'none' || coefficients === 'none') {
    return {};
  }
  const sigma = eta && (tf.sigmoid(eta) as tf.Tensor1D);
  const remainder = sigma && (tf.sub(1, sigma) as tf.Tensor1D);
  if (coefficients === 'learned') {
    return { alignment: sigma, crossEntropy: remainder, level: remainder };
  }
  const event = tf.fill([steps], 1 - fixedCoefficient) as tf.Tensor1D;
  const alignment = tf.fill([steps], fixedCoefficient) as tf.Tensor1D;
  return { alignment, crossEntropy: event, level: remainder ?? event };
}

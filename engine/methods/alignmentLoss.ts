import * as tf from '@tensorflow/tfjs-core';
import type { AlignmentConfiguration, MixerConfiguration } from './methodSchema';

/** L_da = (1/T) sum_t w_t (1 - |CKA_t|), w_t = sigmoid(eta_t), c or 1 (methods.md 4.2). @param cka [T]. */
export function alignmentLoss(cka: tf.Tensor1D, weights?: tf.Tensor1D): tf.Scalar {
  const distance = tf.sub(1, tf.abs(cka));
  return tf.mean(weights ? tf.mul(distance, weights) : distance);
}

/** Weight of L_da in the total; a hard switch drops the alignment, as the authors' code does (methods.md 4.4). */
export function alignmentWeight(alignment: AlignmentConfiguration, mixer: MixerConfiguration): number {
  return alignment.kind === 'none' || mixer.kind === 'hard-switch' ? 0 : alignment.weight;
}

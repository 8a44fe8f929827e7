import * as tf from '@tensorflow/tfjs-core';
import type {
  AlignmentConfiguration,
  LossConfiguration,
  MixerConfiguration,
} from '../training/configurationSchema';
import { classificationLoss } from './classificationLoss';
import { linearCka } from './linearCka';

/** What the loss is computed from; the static stream is absent for events-only. */
export interface StreamOutputs {
  /** Logits [T, B, C]. */
  readonly eventLogits: tf.Tensor3D;
  readonly staticLogits?: tf.Tensor3D;
  /** Alignment features [T, B, D]. */
  readonly eventFeatures?: tf.Tensor3D;
  readonly staticFeatures?: tf.Tensor3D;
}

/** The loss with its parts, all scalars; `total` is what is differentiated. */
export interface TransferLoss {
  readonly total: tf.Scalar;
  readonly event: tf.Scalar;
  readonly static?: tf.Scalar;
  /** L_da before its weight kappa. */
  readonly alignment?: tf.Scalar;
  /** Linear CKA per step [T]. */
  readonly cka?: tf.Tensor1D;
}

/** L_da = (1/T) sum_t w_t (1 - |CKA_t|), w_t = sigmoid(eta_t) or 1 (methods.md 4.2). @param cka [T]. */
export function alignmentLoss(cka: tf.Tensor1D, weights?: tf.Tensor1D): tf.Scalar {
  const distance = tf.sub(1, tf.abs(cka));
  return tf.mean(weights ? tf.mul(distance, weights) : distance);
}

/** Weight of L_da in the total; a hard switch drops the alignment, as the authors' code does (methods.md 4.4). */
export function alignmentWeight(alignment: AlignmentConfiguration, mixer: MixerConfiguration): number {
  return alignment.kind === 'none' || mixer.kind === 'hard-switch' ? 0 : alignment.weight;
}

/**
 * L = L_s + L_e + kappa L_da (methods.md 4.4). L_s is never re-weighted; with learned coefficients
 * sigma_t = sigmoid(eta_t) weighs L_da, and 1 - sigma_t weighs each step of L_e (methods.md 4.3).
 * @param oneHot labels [B, C].
 * @param kappa see {@link alignmentWeight}.
 * @param eta learned coefficients [T], before the sigmoid; absent when not learned.
 */
export function transferLoss(
  outputs: StreamOutputs,
  oneHot: tf.Tensor2D,
  loss: LossConfiguration,
  kappa: number,
  eta?: tf.Tensor1D,
): TransferLoss {
  const { eventLogits, staticLogits, eventFeatures, staticFeatures } = outputs;
  const sigma = eta && tf.sigmoid(eta);
  const event = classificationLoss(eventLogits, oneHot, loss, sigma && tf.sub(1, sigma));
  if (!staticLogits) {
    return { total: event, event };
  }
  const fromStatic = classificationLoss(staticLogits, oneHot, loss);
  const both = tf.add(fromStatic, event) as tf.Scalar;
  if (!eventFeatures || !staticFeatures) {
    return { total: both, event, static: fromStatic };
  }
  const cka = linearCka(staticFeatures, eventFeatures);
  const alignment = alignmentLoss(cka, sigma);
  const total = kappa === 0 ? both : (tf.add(both, tf.mul(alignment, kappa)) as tf.Scalar);
  return { total, event, static: fromStatic, alignment, cka };
}

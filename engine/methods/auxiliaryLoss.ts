import * as tf from '@tensorflow/tfjs-core';

/** Targets of TMKT's auxiliary heads, from the switch points of a batch (methods.md 6). */
export interface AuxiliaryTargets {
  /** 1 where a frame of the mixed stream is an event frame, else 0 [T, B]. */
  readonly modality: tf.Tensor2D;
  /** Share of event frames per sequence [B], in [0, 1]. */
  readonly ratio: tf.Tensor1D;
}

/** @param switchSteps [B], first replaced step counted from 0; T where none is. @param steps T. */
export function auxiliaryTargets(switchSteps: Int32Array, steps: number): AuxiliaryTargets {
  const modality = Array.from({ length: steps }, (_, step) =>
    Array.from(switchSteps, (first) => (step >= first ? 1 : 0)),
  );
  const ratio = Array.from(switchSteps, (first) => (steps - first) / steps);
  return { modality: tf.tensor2d(modality, [steps, switchSteps.length]), ratio: tf.tensor1d(ratio) };
}

/** MAG: cross-entropy of every frame's modality (methods.md 6). @param logits [T, B, 2]: static, event. */
export function modalityLoss(logits: tf.Tensor3D, modality: tf.Tensor2D): tf.Scalar {
  const logProbabilities = tf.logSoftmax(logits);
  const target = tf.stack([tf.sub(1, modality), modality], 2);
  return tf.neg(tf.mean(tf.sum(tf.mul(logProbabilities, target), 2)));
}

/** MRP: squared error of the mix ratio (methods.md 6). @param ratioLogits [B], before the sigmoid. @param ratio [B]. */
export function mixRatioLoss(ratioLogits: tf.Tensor1D, ratio: tf.Tensor1D): tf.Scalar {
  return tf.mean(tf.square(tf.sub(tf.sigmoid(ratioLogits), ratio)));
}

import * as tf from '@tensorflow/tfjs-core';
import type { DistillationConfiguration } from './methodSchema';
import { progressOf, type RunPosition } from './sliding';

/**
 * W of an iteration (methods.md 5): 1 in phase I, falling to near 0 in phase II.
 *   sigmoid: 1 / (1 + exp(steepness (progress - midpoint))); step: 1 before the midpoint, 0 from it on.
 */
export function phaseWeight(
  { phase, midpoint, steepness, schedule }: DistillationConfiguration,
  position: RunPosition,
): number {
  const progress = progressOf(position, schedule);
  switch (phase) {
    case 'sigmoid':
      return 1 / (1 + Math.exp(steepness * (progress - midpoint)));
    case 'step':
      return progress < midpoint ? 1 : 0;
    case 'constant':
      return 1;
  }
}

/** tau^2 KL(softmax(teacher / tau) || softmax(student / tau)), mean over rows. @param student [..., B, C]. */
function softenedDivergence(teacher: tf.Tensor2D, student: tf.Tensor, temperature: number): tf.Scalar {
  const target = tf.logSoftmax(tf.div(teacher, temperature));
  const learned = tf.logSoftmax(tf.div(student, temperature));
  const divergence = tf.sum(tf.mul(tf.exp(target), tf.sub(target, learned)), -1);
  return tf.mul(tf.mean(divergence), temperature * temperature);
}

/**
 * L_KD (methods.md 5): the static stream's logits against the teacher's; the event stream is never distilled.
 * @param teacherLogits [B, C], of the original images, also where a sample was replaced.
 * @param staticLogits [T, B, C].
 */
export function distillationLoss(
  teacherLogits: tf.Tensor2D,
  staticLogits: tf.Tensor3D,
  { form, temperature, studentLogits }: DistillationConfiguration,
): tf.Scalar {
  const student: tf.Tensor = studentLogits === 'mean' ? tf.mean(staticLogits, 0) : staticLogits;
  return form === 'kl'
    ? softenedDivergence(teacherLogits, student, temperature)
    : tf.mean(tf.square(tf.sub(student, teacherLogits)));
}

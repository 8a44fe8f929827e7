import * as tf from '@tensorflow/tfjs-core';

/** What a function with its own gradient returns. */
export interface ValueAndGradient {
  value: tf.Tensor;
  gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor;
}

/** A function of one tensor with a gradient of our own: tf.customGrad with precise types. */
export function withGradient(
  x: tf.Tensor,
  compute: (save: (tensors: tf.Tensor[]) => void) => ValueAndGradient,
): tf.Tensor {
  return tf.customGrad((_, save) => compute(save as (tensors: tf.Tensor[]) => void))(x);
}

import * as tf from '@tensorflow/tfjs-core';

/** The names of the surrogate gradients, in the order of {@link surrogateDerivative}'s cases. */
export const SURROGATE_NAMES = ['qgate', 'gate', 'rectangle', 'arctan', 'sigmoid'] as const;
export type SurrogateName = (typeof SURROGATE_NAMES)[number];

/** A surrogate gradient: the derivative used for the spike's step function in the backward pass. */
export interface Surrogate {
  readonly name: SurrogateName;
  /** Sharpness; ignored by `rectangle`. */
  readonly alpha: number;
}

/**
 * The surrogate derivative g(z) at z = u - threshold (methods.md 1.2):
 * - qgate: max(0, alpha - alpha^2 |z|)
 * - gate: 1 where |z| < 1 / alpha
 * - rectangle: 1 where |z| < 0.5 (BackEIGateGrad)
 * - arctan: alpha / (2 (1 + (pi/2 alpha z)^2))
 * - sigmoid: alpha sig(alpha z) (1 - sig(alpha z))
 * @param z any shape, float32.
 */
export function surrogateDerivative(z: tf.Tensor, { name, alpha }: Surrogate): tf.Tensor {
  switch (name) {
    case 'qgate':
      return tf.relu(tf.sub(alpha, tf.mul(alpha * alpha, tf.abs(z))));
    case 'gate':
      return tf.cast(tf.less(tf.abs(z), 1 / alpha), 'float32');
    case 'rectangle':
      return tf.cast(tf.less(tf.abs(z), 0.5), 'float32');
    case 'arctan':
      return tf.div(alpha / 2, tf.add(1, tf.square(tf.mul((Math.PI / 2) * alpha, z))));
    case 'sigmoid': {
      const activation = tf.sigmoid(tf.mul(alpha, z));
      return tf.mul(alpha, tf.mul(activation, tf.sub(1, activation)));
    }
  }
}

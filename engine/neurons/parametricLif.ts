import * as tf from '@tensorflow/tfjs-core';
import { type SpikeOptions, type SpikeOutput, spikeSequences } from './spikeSequences';

/** Start value of w for a time constant: sigmoid(w) = 1 / tau. @param tau > 1, in time steps. */
export function decayParameter(tau: number): number {
  return -Math.log(tau - 1);
}

/**
 * Parametric LIF (Fang et al. 2021): LIF whose 1 / tau is sigmoid(w), learned: u = v + (x - v) sigmoid(w);
 * s = u > threshold; v = s ? 0 : u. Differentiable in x and w.
 * @param x synaptic input, float32, streams * steps * M elements ordered [stream, time step, M].
 * @param w scalar, see {@link decayParameter}.
 */
export function parametricLif<T extends tf.Tensor>(
  x: T,
  w: tf.Scalar,
  options: SpikeOptions,
): SpikeOutput<T> {
  const decay = tf.sigmoid(w);
  return spikeSequences(x, options, (input, v) =>
    v ? tf.add(v, tf.mul(tf.sub(input, v), decay)) : tf.mul(input, decay),
  );
}

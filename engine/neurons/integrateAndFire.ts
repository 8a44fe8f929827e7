import * as tf from '@tensorflow/tfjs-core';
import { type SpikeOptions, type SpikeOutput, spikeSequences } from './spikeSequences';

/**
 * Integrate-and-fire neurons without leak: u = v + x; s = u > threshold; v = s ? 0 : u. No time constant of LIF gives
 * this exactly (LIF scales its input by 1 / tau), so it always runs as stock tfjs ops.
 * @param x synaptic input, float32, streams * steps * M elements ordered [stream, time step, M].
 */
export function integrateAndFire<T extends tf.Tensor>(x: T, options: SpikeOptions): SpikeOutput<T> {
  return spikeSequences(x, options, (input, v) => (v ? tf.add(v, input) : tf.clone(input)));
}

import * as tf from '@tensorflow/tfjs-core';
import { FUSED_KERNELS, type SpikeRatesAttributes } from '../backends/fusedKernels';
import { hasFusedKernel, runSingleOutputKernel } from '../backends/fusedOp';

/**
 * Mean spikes per neuron and time step of every stream.
 * @param spikes 0 or 1, any shape of `streams` equal parts one after the other.
 * @returns [streams], in [0, 1]; no gradient.
 */
export function spikeRates(spikes: tf.Tensor, streams: number): tf.Tensor1D {
  if (hasFusedKernel(FUSED_KERNELS.spikeRates)) {
    const attributes: SpikeRatesAttributes = { streams };
    return runSingleOutputKernel(FUSED_KERNELS.spikeRates, { spikes }, attributes);
  }
  // Summed first, because tf.mean divides every value.
  return tf.div(tf.sum(tf.reshape(spikes, [streams, -1]), 1), spikes.size / streams);
}

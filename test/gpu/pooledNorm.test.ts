import * as tf from '@tensorflow/tfjs-core';
import type { Precision } from '../../engine/backends/webgpu/webGpuBackend';
import { batchNormPerStep } from '../../engine/models/batchNorm';
import { lif } from '../../engine/neurons/lif';
import { normalValues } from '../unit/backends/backendPair';
import { assertSameOnGpu, useGpu } from './gpuPair';

const STEPS = 2;
const NEURON = {
  ...{ streams: 1, steps: STEPS, tau: 2, threshold: 0.5 },
  surrogate: { name: 'qgate', alpha: 2 },
} as const;

/** Gradients through neurons, their means over windows, a BatchNorm of these and neurons again. */
function gradients(channels: number): tf.Tensor[] {
  const x = normalValues([STEPS, 8, 8, channels], 3);
  const weights = normalValues([STEPS, 4, 4, channels], 4);
  const network = (input: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Scalar => {
    const means = tf.avgPool(lif(input as tf.Tensor4D, NEURON).spikes as tf.Tensor4D, 2, 2, 'valid');
    const { y } = batchNormPerStep(means, gamma as tf.Tensor1D, beta as tf.Tensor1D, STEPS);
    return tf.sum(tf.mul(lif(y, NEURON).spikes, weights));
  };
  return tf.grads(network as (...inputs: tf.Tensor[]) => tf.Scalar)([
    x,
    tf.ones([channels]),
    tf.fill([channels], 0.25),
  ]);
}

const CASES: [Precision, number, number][] = [
  ['f32', 32, 1e-4],
  ['f16', 64, 3e-2],
];

for (const [precision, channels, tolerance] of CASES) {
  describe(`means of spikes before a BatchNorm in ${precision}`, () => {
    useGpu(precision);
    it('have a gradient, however they are kept', () => assertSameOnGpu(() => gradients(channels), tolerance));
  });
}

import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { FUSED_KERNELS, type FusedKernelName } from '../../engine/backends/fusedKernels';
import { runFusedKernel } from '../../engine/backends/fusedOp';
import type { SpikeWebGpuBackend } from '../../engine/backends/webgpu/webGpuBackend';
import { SpikeBridgeError } from '../../engine/errors';
import { assertSameOnGpu, useGpu } from './gpuPair';

const NEURON = { streams: 1, steps: 1, tau: 2, threshold: 0.5, surrogate: 'qgate', alpha: 2 };
const CONVOLUTION = { stride: 1, padding: 0 };
const EMPTY = [0, 4, 4, 64];

/** A call of a kernel of ours, by the shapes of its inputs. */
interface EmptyCall {
  readonly kernel: FusedKernelName;
  readonly inputs: Readonly<Record<string, number[] | number[][]>>;
  readonly attributes?: object;
  /** What the error tells. */
  readonly told?: string;
}

const CALLS: readonly EmptyCall[] = [
  {
    kernel: FUSED_KERNELS.convolution,
    inputs: { x: EMPTY, filter: [3, 3, 64, 64] },
    attributes: CONVOLUTION,
  },
  {
    kernel: FUSED_KERNELS.convolution,
    inputs: { x: [1, 2, 2, 64], filter: [3, 3, 64, 64] },
    attributes: CONVOLUTION,
    told: 'output has the shape [1, 0, 0, 64]',
  },
  {
    kernel: FUSED_KERNELS.convolutionInputGradient,
    inputs: { dy: EMPTY, filter: [1, 1, 64, 64] },
    attributes: { ...CONVOLUTION, shape: EMPTY },
  },
  {
    kernel: FUSED_KERNELS.convolutionFilterGradient,
    inputs: { dy: EMPTY, x: EMPTY },
    attributes: { ...CONVOLUTION, shape: [1, 1, 64, 64] },
  },
  {
    kernel: FUSED_KERNELS.batchNorm,
    inputs: { x: EMPTY, gamma: [64], beta: [64] },
    attributes: { groups: 1, epsilon: 1e-5 },
  },
  { kernel: FUSED_KERNELS.lif, inputs: { x: EMPTY }, attributes: { ...NEURON, withMembrane: false } },
  { kernel: FUSED_KERNELS.spikeRates, inputs: { spikes: EMPTY }, attributes: { streams: 1 } },
  {
    kernel: FUSED_KERNELS.centredAlignment,
    inputs: { k: [2, 0, 0], l: [2, 0, 0] },
    attributes: { epsilon: 1e-6 },
  },
  {
    kernel: FUSED_KERNELS.adamW,
    inputs: { parameters: [[0, 3]], gradients: [[0, 3]], firstMoments: [[0, 3]], secondMoments: [[0, 3]] },
    attributes: { learningRate: 1, beta1: 0.9, beta2: 0.9, epsilon: 1e-8, weightDecays: [0], step: 1 },
  },
];

const zerosOf = (shapes: number[] | number[][]): tf.Tensor | tf.Tensor[] =>
  Array.isArray(shapes[0])
    ? (shapes as number[][]).map((shape) => tf.zeros(shape))
    : tf.zeros(shapes as number[]);

describe('empty tensors on the webgpu backend', () => {
  useGpu('f16');
  beforeEach(() => tf.setBackend('webgpu'));

  for (const { kernel, inputs, attributes, told = 'has the shape [' } of CALLS) {
    it(`are refused by ${kernel}, and the backend goes on (${JSON.stringify(inputs)})`, async () => {
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([name, shapes]) => [name, zerosOf(shapes)]),
      );
      assert.throws(
        () => runFusedKernel(kernel, tensors, attributes),
        (error) =>
          error instanceof SpikeBridgeError &&
          error.message.includes(`kernel ${kernel} `) &&
          error.message.includes(told),
      );
      const sums = tf.tidy(() => tf.sum(tf.ones([5000])));
      assert.equal((await sums.data())[0], 5000);
      assert.equal((tf.backend() as SpikeWebGpuBackend).failure, undefined);
      tf.dispose([sums, Object.values(tensors)]);
    });
  }

  it('are left to stock kernels where ours replace those', () =>
    assertSameOnGpu(
      () => [
        tf.add(tf.zeros([0, 4, 4, 64]), tf.zeros([0, 4, 4, 64])),
        tf.avgPool(tf.zeros([0, 4, 4, 64]) as tf.Tensor4D, 2, 2, 'valid'),
        tf.avgPool(tf.ones([1, 2, 2, 64]) as tf.Tensor4D, 3, 3, 'valid'),
        tf.matMul(tf.zeros([0, 3]), tf.zeros([3, 4])),
        tf.sum(tf.matMul(tf.zeros([40, 0]), tf.zeros([0, 50]))),
      ],
      0,
    ));
});

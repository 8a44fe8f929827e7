import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { testMatrixKernels } from '../../engine/backends/webgpu/selfTest';
import type { SpikeWebGpuBackend } from '../../engine/backends/webgpu/webGpuBackend';
import { batchNormPerStep, updateRunningStatistics } from '../../engine/models/batchNorm';
import { convolveSpikes } from '../../engine/models/convolution';
import { type LifOptions, lif } from '../../engine/neurons/lif';
import { SURROGATE_NAMES } from '../../engine/neurons/surrogate';
import { AdamW } from '../../engine/training/adamw';
import { normalValues, sparseValues } from '../unit/backends/backendPair';
import { assertSameOnGpu, useGpu } from './gpuPair';

const NEURON = { tau: 2, threshold: 0.5, surrogate: { name: 'qgate', alpha: 2 } } as const;

interface ConvolutionCase {
  readonly channels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
}

function convolutionWithGradients({ channels, outChannels, kernel, stride }: ConvolutionCase): tf.Tensor[] {
  const x = sparseValues([3, 7, 6, channels], 0.3, true, 11) as tf.Tensor4D;
  const filter = normalValues([kernel, kernel, channels, outChannels], 5) as tf.Tensor4D;
  const convolve = (a: tf.Tensor, b: tf.Tensor) =>
    convolveSpikes(a as tf.Tensor4D, b as tf.Tensor4D, { stride, padding: kernel >> 1 });
  const y = convolve(x, filter);
  return [y, ...tf.grads(convolve)([x, filter], normalValues(y.shape, 7))];
}

/** BatchNorm and LIF with all outputs and gradients, as a layer has them. */
function neuronsWithGradients(
  channels: number,
  { membrane = false, ...options }: Partial<LifOptions> & { membrane?: boolean },
  steps = 3,
): tf.Tensor[] {
  const [streams, size] = [2, 5];
  const shape = [streams * steps * 2, size, size, channels];
  const inputs = [normalValues(shape, 1), normalValues([channels], 2), normalValues([channels], 3)];
  const layer = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
    const { y } = batchNormPerStep(
      x as tf.Tensor4D,
      gamma as tf.Tensor1D,
      beta as tf.Tensor1D,
      streams * steps,
    );
    return lif(y, { ...NEURON, ...options, streams, steps, withMembrane: membrane });
  };
  const { spikes, membrane: potential } = layer(...(inputs as [tf.Tensor, tf.Tensor, tf.Tensor]));
  const weights = normalValues(shape, 4);
  const lossOf = (...args: tf.Tensor[]) => {
    const output = layer(...(args as [tf.Tensor, tf.Tensor, tf.Tensor]));
    const sum = tf.sum(tf.mul(output.spikes, weights));
    return output.membrane ? tf.add(sum, tf.sum(tf.mul(output.membrane, weights))) : sum;
  };
  return [spikes, ...(potential ? [potential] : []), ...tf.grads(lossOf)(inputs)];
}

/** BatchNorm read by a LIF and by something else: the gradients of both meet behind it. */
function neuronsBesideOthers(channels: number): tf.Tensor[] {
  const [steps, shape] = [3, [6, 4, 3, channels]];
  const inputs = [normalValues(shape, 1), normalValues([channels], 2), normalValues([channels], 3)];
  const lossOf = (...[x, gamma, beta]: tf.Tensor[]) => {
    const { y } = batchNormPerStep(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, steps);
    const { spikes } = lif(y, { ...NEURON, streams: 1, steps });
    const weights = normalValues(shape, 4);
    return tf.add(tf.sum(tf.mul(spikes, weights)), tf.sum(tf.mul(tf.square(y), weights)));
  };
  return tf.grads(lossOf)(inputs);
}

/** A convolution, BatchNorm and LIF of 64 channels on one 4 x 4 sample: gradients as halves, few sums. */
function neuronsOfHalves(): tf.Tensor[] {
  const steps = 2;
  const x = sparseValues([steps, 4, 4, 4], 0.5, true, 31) as tf.Tensor4D;
  const filter = tf.round(tf.mul(normalValues([3, 3, 4, 64], 32), 4));
  const [gamma, beta] = [tf.ones([64]), tf.fill([64], 0.25)] as [tf.Tensor1D, tf.Tensor1D];
  const forward = (weights: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor) => {
    const convolved = convolveSpikes(x, weights as tf.Tensor4D, { stride: 1, padding: 1 });
    const { y } = batchNormPerStep(convolved, scale as tf.Tensor1D, shift as tf.Tensor1D, steps);
    return lif(y, { ...NEURON, surrogate: { name: 'arctan', alpha: 2 }, streams: 1, steps }).spikes;
  };
  const weights = normalValues([steps, 4, 4, 64], 33);
  const lossOf = (...args: tf.Tensor[]) =>
    tf.sum(tf.mul(forward(...(args as [tf.Tensor, tf.Tensor, tf.Tensor])), weights));
  return tf.grads(lossOf)([filter, gamma, beta]);
}

/** Two layers with pools between, and firing rates, as a network chains them: formats meet formats. */
function stackWithGradients(channels: number, size: number): tf.Tensor[] {
  const [streams, steps] = [2, 2];
  const x = sparseValues([streams * steps * 2, size, size, 2], 0.3, false, 21) as tf.Tensor4D;
  const filters = [normalValues([3, 3, 2, channels], 22), normalValues([3, 3, channels, channels], 23)];
  const ones = tf.ones([channels]) as tf.Tensor1D;
  const zeros = tf.zeros([channels]) as tf.Tensor1D;
  const rates: tf.Tensor[] = [];
  const forward = (...[first, second]: tf.Tensor[]) => {
    const layer = (input: tf.Tensor4D, filter: tf.Tensor) => {
      const convolved = convolveSpikes(input, filter as tf.Tensor4D, { stride: 1, padding: 1 });
      const { spikes } = lif(batchNormPerStep(convolved, ones, zeros, streams * steps).y, {
        ...NEURON,
        streams,
        steps,
      });
      rates.push(tf.sum(tf.reshape(spikes, [streams, -1]), 1));
      return tf.avgPool(spikes, 2, 2, 'valid');
    };
    return layer(layer(x, first as tf.Tensor), second as tf.Tensor);
  };
  const output = forward(...filters);
  const counted = rates.slice(0, 2);
  const weights = normalValues(output.shape, 24);
  const gradients = tf.grads((...args) => tf.sum(tf.mul(forward(...args), weights)))(filters);
  return [output, ...counted, ...gradients];
}

describe('kernels of the webgpu backend in f32', () => {
  useGpu('f32');

  for (const shape of [
    { channels: 2, outChannels: 8, kernel: 3, stride: 1 },
    { channels: 1, outChannels: 16, kernel: 3, stride: 2 },
    { channels: 2, outChannels: 4, kernel: 3, stride: 1 },
    { channels: 2, outChannels: 64, kernel: 3, stride: 1 },
    { channels: 5, outChannels: 3, kernel: 3, stride: 1 },
    { channels: 32, outChannels: 70, kernel: 3, stride: 1 },
    { channels: 4, outChannels: 8, kernel: 5, stride: 1 },
    { channels: 8, outChannels: 6, kernel: 1, stride: 1 },
    { channels: 6, outChannels: 8, kernel: 3, stride: 2 },
    { channels: 6, outChannels: 8, kernel: 1, stride: 2 },
  ]) {
    it(`convolve ${JSON.stringify(shape)}`, () =>
      assertSameOnGpu(() => convolutionWithGradients(shape), 1e-5));
  }

  for (const channels of [2, 6, 32, 64]) {
    it(`normalise and fire ${channels} channels`, () =>
      assertSameOnGpu(() => neuronsWithGradients(channels, {}), 2e-5));
    it(`normalise and fire ${channels} channels with the membrane potential`, () =>
      assertSameOnGpu(() => neuronsWithGradients(channels, { membrane: true }), 2e-5));
  }

  for (const channels of [6, 64]) {
    it(`normalise ${channels} channels for neurons and for others`, () =>
      assertSameOnGpu(() => neuronsBesideOthers(channels), 2e-5));
  }

  for (const channels of [3, 5]) {
    it(`normalise and fire ${channels} channels by stock kernels`, () =>
      assertSameOnGpu(() => neuronsWithGradients(channels, { membrane: true }), 2e-5));
  }

  it('fire over more time steps than are unrolled', () =>
    assertSameOnGpu(() => neuronsWithGradients(4, {}, 30), 2e-5));

  it('chain layers of 3 channels at 6 x 6', () => assertSameOnGpu(() => stackWithGradients(3, 6), 2e-5));

  for (const name of SURROGATE_NAMES) {
    it(`take the surrogate gradient ${name}`, () =>
      assertSameOnGpu(() => neuronsWithGradients(4, { tau: 1.5, surrogate: { name, alpha: 2 } }), 2e-5));
  }

  for (const [channels, size] of [
    [6, 8],
    [32, 8],
    [64, 9],
  ] as const) {
    it(`chain layers of ${channels} channels at ${size} x ${size}`, () =>
      assertSameOnGpu(() => stackWithGradients(channels, size), 2e-5));
  }

  it('update running statistics', () =>
    assertSameOnGpu(() => {
      const [mean, variance] = [normalValues([4, 6], 1), tf.abs(normalValues([4, 6], 2))] as [
        tf.Tensor2D,
        tf.Tensor2D,
      ];
      const running = { mean: tf.zeros([6]) as tf.Tensor1D, variance: tf.ones([6]) as tf.Tensor1D };
      const updated = updateRunningStatistics(running, { mean, variance }, 50);
      return [updated.mean, updated.variance];
    }, 1e-6));

  it('take AdamW steps', () =>
    assertSameOnGpu(() => {
      const shapes = [[3, 5], [5], [300, 2], [7], [2, 2, 2, 4], [9]];
      // The first two share their values with another tensor; the others are changed in place.
      const parameters = new Map(
        shapes.map((shape, index) => {
          const make = () => tf.variable(normalValues(shape, index + 11));
          return [`parameter ${index}`, index < 2 ? make() : tf.tidy(make)];
        }),
      );
      const before = [...parameters.values()].slice(0, 2).map((each) => tf.clone(each));
      const optimizer = new AdamW(parameters, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 });
      for (const seed of [3, 4, 5]) {
        const gradients = [...parameters.values()].map(
          (each) => [each.name, normalValues(each.shape, seed)] as const,
        );
        optimizer.step(Object.fromEntries(gradients), 0.01);
      }
      const moments = [...optimizer.moments().values()].flatMap(({ first, second }) => [first, second]);
      const values = [...parameters.values(), ...moments].map((each) => tf.clone(each));
      optimizer.dispose();
      tf.dispose([...parameters.values()]);
      return [...before, ...values];
    }, 1e-5));

  it('leave parameters as they are where a gradient is not finite', async () => {
    await tf.setBackend('webgpu');
    const weight = tf.tidy(() => tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2])));
    const optimizer = new AdamW(new Map([['weight', weight]]), {
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.1,
    });
    optimizer.step({ [weight.name]: tf.tensor2d([0, Number.POSITIVE_INFINITY, 0, 0], [2, 2]) }, 0.01);
    assert.deepEqual([...(await weight.data())], [1, 2, 3, 4]);
    // In the memory of an uploaded tensor, which is larger.
    assert.equal(weight.dataSync().length, 4);
    optimizer.dispose();
    weight.dispose();
  });
});

describe('kernels of the webgpu backend in f16', () => {
  useGpu('f16');

  it('keep activations of 64 channels as halves and bits', () =>
    assertSameOnGpu(() => stackWithGradients(64, 8).slice(0, 3), 0.02));

  it('keep activations finite that halves cannot hold, but not gradients', async () => {
    await tf.setBackend('webgpu');
    const x = tf.fill([1, 4, 4, 32], 1000) as tf.Tensor4D;
    const filter = tf.fill([3, 3, 32, 64], 1000) as tf.Tensor4D;
    const y = convolveSpikes(x, filter, { stride: 1, padding: 1 });
    const values = await y.data();
    assert.ok(values.every((value) => value === 65504));
    const wide = tf.fill([1, 4, 4, 64], 1000) as tf.Tensor4D;
    const thin = tf.fill([3, 3, 64, 64], 1000) as tf.Tensor4D;
    const gradient = tf.grad((a: tf.Tensor) =>
      convolveSpikes(a as tf.Tensor4D, thin, { stride: 1, padding: 1 }),
    )(wide, tf.fill([1, 4, 4, 64], 1000));
    assert.ok(!(await gradient.data()).every(Number.isFinite));
    tf.dispose([x, filter, y, wide, thin, gradient]);
  });

  // Where spikes flip near the threshold, gradients differ by more than rounding: the spikes here are the same.
  it('take gradients of halves in place, whatever the sizes of their sums', () =>
    assertSameOnGpu(() => neuronsOfHalves(), 0.05));

  it('pass the self-test that compares matrix kernels with f32 tiles', async () => {
    await tf.setBackend('webgpu');
    assert.equal(await testMatrixKernels(tf.backend() as SpikeWebGpuBackend), undefined);
  });

  it('halve the loss scale after an overflow', async () => {
    await tf.setBackend('webgpu');
    const backend = tf.backend() as SpikeWebGpuBackend;
    const { scale } = backend.lossScaling;
    const weight = tf.variable(tf.tensor2d([1, 2], [1, 2]));
    const optimizer = new AdamW(new Map([['weight', weight]]), {
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
    });
    optimizer.step({ [weight.name]: tf.tensor2d([0, Number.NaN], [1, 2]) }, 0.01);
    await weight.data();
    while (backend.lossScaling.scale === scale) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(backend.lossScaling.scale, scale / 2);
    assert.equal(backend.lossScaling.skippedInRow, 1);
    optimizer.dispose();
    weight.dispose();
  });
});

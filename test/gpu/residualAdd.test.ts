import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { SpikeWebGpuBackend } from '../../engine/backends/webgpu/webGpuBackend';
import { batchNormPerStep } from '../../engine/models/batchNorm';
import { convolveSpikes } from '../../engine/models/convolution';
import { lif } from '../../engine/neurons/lif';
import { normalValues, sparseValues } from '../unit/backends/backendPair';
import { assertSameOnGpu, useGpu } from './gpuPair';

const SHAPE = [4, 5, 6, 64];
const NEURON = {
  streams: 1,
  steps: 4,
  tau: 2,
  threshold: 0.5,
  surrogate: { name: 'qgate', alpha: 2 },
} as const;

/** A residual block: the spikes of a layer and their convolution, with the gradients that meet at the layer. */
function residualBlock(): tf.Tensor[] {
  const x = normalValues(SHAPE, 3) as tf.Tensor4D;
  const filter = tf.mul(normalValues([3, 3, 64, 64], 5), 0.05) as tf.Tensor4D;
  const block = (a: tf.Tensor) => {
    const spikes = lif(a as tf.Tensor4D, NEURON).spikes;
    return tf.add(convolveSpikes(spikes, filter, { stride: 1, padding: 1 }), spikes);
  };
  return [block(x), tf.grad(block)(x, normalValues(SHAPE, 7))];
}

/** Two branches that begin at one convolution: BatchNorm and neurons, and the same or neurons alone. */
function branchesOfOneLayer(normalisesBoth = true): tf.Tensor[] {
  const x = sparseValues([4, 5, 6, 2], 0.5, true, 3) as tf.Tensor4D;
  const filter = tf.round(tf.mul(normalValues([1, 1, 2, 64], 12), 4));
  const fire = (layer: tf.Tensor) => lif(layer as tf.Tensor4D, NEURON).spikes;
  const normalise = (layer: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) =>
    batchNormPerStep(layer as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, 4).y;
  const block = (kernel: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
    const layer = convolveSpikes(x, kernel as tf.Tensor4D, { stride: 1, padding: 0 });
    const shortcut = normalisesBoth ? normalise(layer, beta, gamma) : layer;
    return tf.add(
      tf.mul(fire(normalise(layer, gamma, beta)), normalValues(SHAPE, 4)),
      tf.mul(fire(shortcut), normalValues(SHAPE, 8)),
    );
  };
  return tf.grads(block)([filter, tf.ones([64]), tf.fill([64], 0.25)]);
}

describe('residual sums of the webgpu backend in f16', () => {
  useGpu('f16');

  it('are those of float32 up to the rounding of halves', () => assertSameOnGpu(residualBlock, 5e-3));

  it('have gradients where two branches normalise the same layer, as blocks that change the shape do', () =>
    assertSameOnGpu(branchesOfOneLayer, 2e-2));

  it('have gradients where a branch normalises a layer and another one fires on it', () =>
    assertSameOnGpu(() => branchesOfOneLayer(false), 2e-2));

  it('are kept as halves', async () => {
    await tf.setBackend('webgpu');
    const backend = tf.backend() as SpikeWebGpuBackend;
    const kinds = tf.tidy(() => {
      const [y] = residualBlock();
      const storage = backend.storageOf(y as tf.Tensor);
      return storage?.kind === 'packed' ? storage.format : storage?.kind;
    });
    assert.equal(kinds, 'f16');
  });

  it('stay finite where halves end, but keep what is infinite already', async () => {
    await tf.setBackend('webgpu');
    const asHalves = (values: number[]) =>
      tf.avgPool(
        tf.tensor4d([...values, ...Array(64 - values.length).fill(0)], [1, 1, 1, 64]),
        1,
        1,
        'valid',
      );
    const overflown = tf.tidy(() => asHalves([40000, -40000, 1]));
    const sums = tf.tidy(() => tf.add(overflown, overflown));
    const infinite = tf.tidy(() => tf.add(overflown, tf.fill([1, 1, 1, 64], Number.POSITIVE_INFINITY)));
    const [actual, kept] = [await sums.data(), await infinite.data()];
    assert.deepEqual([...actual.slice(0, 3)], [65504, -65504, 2]);
    // The software renderer packs infinity as no number; the overflow check finds either.
    assert.equal(Number.isFinite(kept[2]), false);
    tf.dispose([overflown, sums, infinite]);
  });

  it('leave other sums to the stock kernel', () =>
    assertSameOnGpu(
      () => [
        tf.add(normalValues(SHAPE, 3), normalValues([64], 5)),
        tf.add(sparseValues([2, 3], 0.5, true, 1), 1),
      ],
      1e-6,
    ));
});

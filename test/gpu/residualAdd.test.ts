import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { SpikeWebGpuBackend } from '../../engine/backends/webgpu/webGpuBackend';
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

describe('residual sums of the webgpu backend in f16', () => {
  useGpu('f16');

  it('are those of float32 up to the rounding of halves', () => assertSameOnGpu(residualBlock, 5e-3));

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

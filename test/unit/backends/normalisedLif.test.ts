import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { batchNormPerStep } from '../../../engine/models/batchNorm';
import { lif } from '../../../engine/neurons/lif';
import { SURROGATE_NAMES, type SurrogateName } from '../../../engine/neurons/surrogate';
import { assertSameOnBothBackends, normalValues, useSimdBackend, valuesOn } from './backendPair';

interface Case {
  readonly steps: number;
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
  readonly tau: number;
  readonly surrogate: SurrogateName;
  readonly withMembrane: boolean;
}

const STREAMS = 2;

/** BatchNorm and LIF: spikes, spikes per stream, and the gradients of x, gamma and beta. */
function blockWithGradients(c: Case): tf.Tensor[] {
  const groups = STREAMS * c.steps;
  const x = normalValues([groups * c.batch, c.size, c.size, c.channels], 1) as tf.Tensor4D;
  const parameters = [x, tf.add(tf.abs(normalValues([c.channels], 2)), 0.5), normalValues([c.channels], 3)];
  const options = {
    ...{ streams: STREAMS, steps: c.steps, tau: c.tau, threshold: 0.5, withMembrane: c.withMembrane },
    surrogate: { name: c.surrogate, alpha: 2 },
  };
  const block = (...[input, gamma, beta]: tf.Tensor[]) => {
    const { y } = batchNormPerStep(input as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, groups);
    return lif(y, options);
  };
  const weights = normalValues(x.shape, 4);
  const loss = (...inputs: tf.Tensor[]) => {
    const { spikes, membrane } = block(...inputs);
    const ofSpikes = tf.sum(tf.mul(spikes, weights));
    return (membrane ? tf.add(ofSpikes, tf.sum(tf.square(membrane))) : ofSpikes) as tf.Scalar;
  };
  const { spikes } = block(...parameters);
  return [spikes, tf.sum(tf.reshape(spikes, [STREAMS, -1]), 1), ...tf.grads(loss)(parameters)];
}

describe('BatchNorm followed by LIF on the simd backend', () => {
  useSimdBackend(2);

  for (const surrogate of SURROGATE_NAMES) {
    it(`agrees with the reference for the surrogate ${surrogate}`, async () => {
      for (const withMembrane of [false, true]) {
        const c = { steps: 3, batch: 4, size: 6, channels: 8, tau: 2, surrogate, withMembrane };
        await assertSameOnBothBackends({ compute: () => blockWithGradients(c), tolerance: 3e-5 });
      }
    });
  }

  it('agrees for random sizes, also where the channels do not fill vectors', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          steps: fc.integer({ min: 2, max: 6 }),
          batch: fc.integer({ min: 2, max: 5 }),
          size: fc.integer({ min: 2, max: 12 }),
          channels: fc.constantFrom(3, 4, 8, 20, 64),
          tau: fc.constantFrom(2, 2.5),
          surrogate: fc.constantFrom('qgate' as const, 'sigmoid' as const),
          withMembrane: fc.boolean(),
        }),
        (c) => assertSameOnBothBackends({ compute: () => blockWithGradients(c), tolerance: 1e-4 }),
      ),
      { numRuns: 15, seed: 20261121 },
    ));

  it('gives the same bits whether or not the normalised values are read in between', async () => {
    const spikesOf = (read: boolean) => () => {
      const x = normalValues([12, 9, 9, 16], 1) as tf.Tensor4D;
      const { y } = batchNormPerStep(x, tf.ones([16]) as tf.Tensor1D, tf.zeros([16]) as tf.Tensor1D, 6);
      const scale = read ? tf.sum(tf.abs(y)) : tf.scalar(0);
      const options = {
        streams: 2,
        steps: 3,
        tau: 2,
        threshold: 0.5,
        surrogate: { name: 'qgate', alpha: 2 },
      } as const;
      return [lif(y, options).spikes, tf.mul(scale, 0)];
    };
    assert.deepEqual(await valuesOn('simd', spikesOf(true)), await valuesOn('simd', spikesOf(false)));
  });

  it('keeps the source of normalised values alive, and frees it with them', async () => {
    await tf.setBackend('simd');
    const bytes = () => (tf.memory() as unknown as { bytesInUse: number }).bytesInUse;
    const before = bytes();
    const x = tf.tidy(() => tf.add(normalValues([6, 5, 5, 8], 1), 1)) as tf.Tensor4D;
    const outputs = tf.tidy(() => {
      const { y } = batchNormPerStep(x, tf.ones([8]) as tf.Tensor1D, tf.zeros([8]) as tf.Tensor1D, 3);
      return [y];
    });
    x.dispose();
    const values = outputs[0]?.dataSync() as Float32Array;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(Math.abs(mean) < 1e-6, `mean ${mean}`);
    tf.dispose(outputs);
    assert.equal(bytes(), before);
  });
});

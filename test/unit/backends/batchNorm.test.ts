import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { batchNormInference, batchNormPerStep } from '../../../engine/models/batchNorm';
import { assertSameOnBothBackends, normalValues, useSimdBackend } from './backendPair';

interface BatchNormCase {
  readonly groups: number;
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
  /** Added to all inputs: a mean far from 0 shows cancellation. */
  readonly offset: number;
}

/** y, mean, variance and the gradients with respect to x, gamma and beta. */
function batchNormWithGradients({ groups, batch, size, channels, offset }: BatchNormCase): tf.Tensor[] {
  const x = tf.add(normalValues([groups * batch, size, size, channels], 1), offset) as tf.Tensor4D;
  const gamma = tf.add(normalValues([channels], 2), 1) as tf.Tensor1D;
  const beta = normalValues([channels], 3) as tf.Tensor1D;
  const { y, mean, variance } = batchNormPerStep(x, gamma, beta, groups);
  const run = (...inputs: tf.Tensor[]) =>
    batchNormPerStep(inputs[0] as tf.Tensor4D, inputs[1] as tf.Tensor1D, inputs[2] as tf.Tensor1D, groups).y;
  return [y, mean, variance, ...tf.grads(run)([x, gamma, beta], normalValues(y.shape, 4))];
}

function assertBatchNorm(c: BatchNormCase): Promise<void> {
  return assertSameOnBothBackends({ compute: () => batchNormWithGradients(c), tolerance: 2e-5 });
}

describe('BatchNorm on the simd backend', () => {
  useSimdBackend(2);

  for (const channels of [1, 2, 5, 8, 64, 130]) {
    it(`agrees with the reference for ${channels} channels`, () =>
      assertBatchNorm({ groups: 3, batch: 4, size: 5, channels, offset: 0.5 }));
  }

  it('agrees where a slice is cut into several pieces', () =>
    assertBatchNorm({ groups: 2, batch: 10, size: 33, channels: 12, offset: -2 }));

  it('agrees for random sizes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          groups: fc.integer({ min: 1, max: 6 }),
          batch: fc.integer({ min: 2, max: 6 }),
          size: fc.integer({ min: 2, max: 9 }),
          channels: fc.integer({ min: 1, max: 40 }),
          offset: fc.constantFrom(0, 1, -3),
        }),
        assertBatchNorm,
      ),
      { numRuns: 40, seed: 20261121 },
    ));

  it('normalises like the reference in evaluation mode', async () => {
    for (const channels of [3, 8, 22]) {
      await assertSameOnBothBackends({
        compute: () => {
          const vectors = [5, 6, 7, 8].map((seed) => tf.abs(normalValues([channels], seed)) as tf.Tensor1D);
          const x = normalValues([4, 7, 7, channels], 9) as tf.Tensor4D;
          return [
            batchNormInference(x, ...(vectors as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D])),
          ];
        },
        tolerance: 1e-6,
      });
    }
  });
});

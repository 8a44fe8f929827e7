import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { assertSameOnBothBackends, normalValues, useSimdBackend } from './backendPair';

/** Product of two batches and the gradients of both. */
function productWithGradients(
  a: number[],
  b: number[],
  transposeA: boolean,
  transposeB: boolean,
): tf.Tensor[] {
  const product = (left: tf.Tensor, right: tf.Tensor) => tf.matMul(left, right, transposeA, transposeB);
  const inputs = [normalValues(a, 1), normalValues(b, 2)] as [tf.Tensor, tf.Tensor];
  const c = product(...inputs);
  return [c, ...tf.grads(product)(inputs, normalValues(c.shape, 3))];
}

describe('stock kernels that the simd backend replaces', () => {
  useSimdBackend(2);

  it('multiplies batches of matrices, also transposed', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.tuple(...[80, 300, 300].map((max) => fc.integer({ min: 1, max }))),
        fc.boolean(),
        fc.boolean(),
        (batch, [rows = 1, inner = 1, columns = 1], transposeA, transposeB) => {
          const a = [batch, ...(transposeA ? [inner, rows] : [rows, inner])];
          const b = [batch, ...(transposeB ? [columns, inner] : [inner, columns])];
          const compute = () => productWithGradients(a, b, transposeA, transposeB);
          return assertSameOnBothBackends({ compute, tolerance: 2e-6 });
        },
      ),
      { numRuns: 25, seed: 20261121 },
    ));

  it('multiplies a batch with one matrix', () =>
    assertSameOnBothBackends({
      compute: () => [
        tf.matMul(normalValues([3, 5, 7], 1), normalValues([1, 7, 9], 2)),
        tf.matMul(normalValues([5, 7], 3), normalValues([4, 7, 2], 4)),
        tf.matMul(normalValues([2, 1, 5, 7], 5), normalValues([1, 3, 7, 2], 6)),
      ],
      tolerance: 1e-6,
    }));

  it('pools averages and shares their gradients', async () => {
    for (const [size, stride, padding] of [
      [2, 2, 'valid'],
      [3, 3, 'valid'],
      [2, 3, 'valid'],
      [3, 1, 'same'],
      [3, 2, 'valid'],
    ] as const) {
      for (const channels of [1, 6, 8]) {
        await assertSameOnBothBackends({
          compute: () => {
            const x = normalValues([3, 17, 11, channels], 1) as tf.Tensor4D;
            const pool = (input: tf.Tensor) => tf.avgPool(input as tf.Tensor4D, size, stride, padding);
            const y = pool(x);
            return [y, tf.grad(pool)(x, normalValues(y.shape, 2))];
          },
          tolerance: 1e-6,
        });
      }
    }
  });

  it('adds, subtracts, multiplies and divides with broadcasting', async () => {
    const pairs: [number[], number[]][] = [
      [[70_001], [70_001]],
      [[5, 7, 9], []],
      [[], [5, 7, 9]],
      [
        [6, 50, 51],
        [6, 1, 51],
      ],
      [
        [6, 50, 51],
        [6, 50, 1],
      ],
      [
        [6, 1, 51],
        [6, 50, 1],
      ],
      [
        [3, 1, 4, 1, 5],
        [1, 2, 1, 6, 5],
      ],
      [
        [4, 3],
        [2, 4, 1],
      ],
      [[], []],
    ];
    for (const [a, b] of pairs) {
      await assertSameOnBothBackends({
        compute: () => {
          const [left, right] = [normalValues(a, 1), tf.add(tf.abs(normalValues(b, 2)), 0.5)];
          return [tf.add(left, right), tf.sub(left, right), tf.mul(left, right), tf.div(left, right)];
        },
        tolerance: 1e-6,
      });
    }
  });

  it('sums and averages over first, last, inner and all axes', () =>
    assertSameOnBothBackends({
      compute: () => {
        const x = tf.add(normalValues([5, 33, 7, 41], 1), 1);
        const axes = [undefined, 0, 3, -1, [0, 1], [2, 3], [1, 2], [3, 1]];
        return axes.flatMap((axis) => [tf.sum(x, axis), tf.mean(x, axis, true)]);
      },
      tolerance: 3e-6,
    }));

  it('sums a long row', () =>
    assertSameOnBothBackends({
      compute: () => [
        tf.sum(tf.abs(normalValues([2, 300_017], 1)), 1),
        tf.mean(normalValues([300_017, 2], 2), 0),
      ],
      tolerance: 1e-5,
    }));

  it('keeps slices of freed tensors', () =>
    assertSameOnBothBackends({
      compute: () => {
        const product = tf.matMul(normalValues([8, 8], 1), normalValues([8, 8], 2));
        const slice = tf.slice(product, [2, 0], [2, 8]);
        product.dispose();
        tf.matMul(normalValues([8, 8], 3), normalValues([8, 8], 4));
        return [slice];
      },
      tolerance: 1e-6,
    }));
});

import * as tf from '@tensorflow/tfjs-core';
import { normalValues, sparseValues } from '../unit/backends/backendPair';
import { assertSameOnGpu, useGpu } from './gpuPair';

interface Product {
  readonly a: number[];
  readonly b: number[];
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

const PRODUCTS: Product[] = [
  { a: [5, 7], b: [7, 3] },
  { a: [70, 130], b: [130, 65] },
  { a: [700, 5], b: [700, 9], transposeA: true },
  { a: [3, 6, 300], b: [3, 6, 300], transposeB: true },
  { a: [2, 3, 40, 4], b: [2, 3, 5, 40], transposeA: true, transposeB: true },
  { a: [1, 4, 6], b: [3, 6, 2] },
];

describe('matrix products of the webgpu backend', () => {
  useGpu('f32');

  for (const { a, b, transposeA = false, transposeB = false } of PRODUCTS) {
    const name = `[${a}]${transposeA ? ' transposed' : ''} times [${b}]${transposeB ? ' transposed' : ''}`;
    it(`multiply ${name}`, () =>
      assertSameOnGpu(
        () => [tf.matMul(normalValues(a, 3), normalValues(b, 5), transposeA, transposeB)],
        1e-5,
      ));
  }

  it('multiply a head of a network with its gradients', () =>
    assertSameOnGpu(() => {
      const [x, weights] = [sparseValues([24, 300], 0.3, true, 11), normalValues([300, 10], 5)];
      const head = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);
      return tf.grads(head)([x, weights], normalValues([24, 10], 7));
    }, 1e-5));
});

import assert from 'node:assert/strict';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as tf from '@tensorflow/tfjs-core';
import { residualSum } from '../../../engine/models/residualSum';

describe('sum of a residual block', () => {
  before(() => tf.setBackend('cpu'));

  it('passes its gradient on to both sides, and twice where they are one', () => {
    tf.tidy(() => {
      const [a, b, dy] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 5]), tf.tensor1d([7, 11])];
      assert.deepEqual([...residualSum(a, b).dataSync()], [4, 7]);
      const [da, db] = tf.grads((...[x, y]) => residualSum(x!, y!))([a, b], dy);
      assert.deepEqual([...da!.dataSync(), ...db!.dataSync()], [7, 11, 7, 11]);
      assert.deepEqual(
        [
          ...tf
            .grad((x) => residualSum(x, x))(a, dy)
            .dataSync(),
        ],
        [14, 22],
      );
      // A side that others read as well; the caller's gradient stays the caller's.
      const shared = tf.grad((x) => residualSum(residualSum(x, tf.neg(x)), x))(a, dy);
      assert.deepEqual([...shared.dataSync(), ...dy.dataSync()], [7, 11, 7, 11]);
    });
  });

  it('keeps neither side for its gradient', () => {
    tf.tidy(() => {
      let kept = 0;
      tf.grad((x: tf.Tensor) => {
        const before = tf.memory().numTensors;
        const sum = tf.tidy(() => residualSum(tf.neg(x), tf.neg(x)));
        kept = tf.memory().numTensors - before;
        return sum;
      })(tf.tensor1d([1, 2]));
      assert.equal(kept, 1);
    });
  });
});

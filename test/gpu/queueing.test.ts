import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { SpikeWebGpuBackend } from '../../engine/backends/webgpu/webGpuBackend';
import { useGpu } from './gpuPair';

/** Counts calls of a method while it is watched. */
function countCalls<Owner extends object>(owner: Owner, method: keyof Owner & string): () => number {
  let calls = 0;
  const original = owner[method] as (...values: unknown[]) => unknown;
  Object.assign(owner, {
    [method]: (...values: unknown[]) => {
      calls++;
      return original.apply(owner, values);
    },
  });
  return () => {
    Reflect.deleteProperty(owner, method);
    return calls;
  };
}

const backend = () => tf.backend() as SpikeWebGpuBackend;

describe('queueing on the GPU', () => {
  useGpu('f32');
  beforeEach(() => tf.setBackend('webgpu'));

  it('reads everything that is asked for in one go with one submission', async () => {
    const x = tf.tensor1d([1, 2, 3]);
    const large = tf.range(0, 50_000, 1, 'float32');
    const tensors = [tf.square(x), tf.sqrt(x), tf.square(large)];
    await tf.square(large).data();
    const submissions = countCalls(backend().queue, 'submit');
    const [squares, roots, largeSquares] = await Promise.all(tensors.map((each) => each.data()));
    assert.ok(submissions() <= 2);
    assert.deepEqual([...squares!], [1, 4, 9]);
    assert.ok(Math.abs(roots![2]! - Math.sqrt(3)) < 1e-6);
    assert.equal(largeSquares![49_999], Math.fround(49_999 ** 2));
  });

  it('makes bind groups and uniforms of a repeated step once', async () => {
    const x = tf.range(0, 100, 1, 'float32');
    const step = async () => {
      const result = tf.tidy(() => tf.add(tf.mul(x, 2), tf.sqrt(x)));
      await result.data();
      result.dispose();
    };
    for (let round = 0; round < 8; round++) {
      await step();
    }
    const groups = countCalls(backend().device, 'createBindGroup');
    const writes = countCalls(backend().queue, 'writeBuffer');
    await step();
    assert.equal(groups(), 0);
    assert.equal(writes(), 1); // the number 2
  });

  it('keeps the order of uploads and kernels while shaders are being compiled', async () => {
    const large = 2 ** 15;
    const sums = [];
    for (let round = 1; round <= 4; round++) {
      // Of one size each: memory is reused while commands wait. The shapes are new, and so are the shaders.
      const shape = [2 ** round, large / 2 ** round];
      const x = tf.fill(shape, round);
      const uploaded = tf.tensor2d(new Float32Array(large).fill(10 * round), shape as [number, number]);
      sums.push(tf.sum(tf.add(tf.square(x), uploaded)));
      tf.dispose([x, uploaded]);
    }
    const values = await Promise.all(sums.map((sum) => sum.data()));
    assert.deepEqual(
      values.map(([value]) => value! / large),
      [11, 24, 39, 56],
    );
  });

  it('tells how many shaders are compiled while commands wait for them', async () => {
    const x = tf.range(1, 5000, 1, 'float32'); // what is small is not computed on the GPU
    const results = [tf.exp(x), tf.log(x), tf.sin(x)];
    const { done, total } = backend().compilation!;
    assert.deepEqual([done, total], [0, 3]);
    await Promise.all(results.map((each) => each.data()));
    assert.equal(backend().compilation, undefined);
  });

  it('ends with what the GPU said of a shader that cannot be compiled', async () => {
    const { buffer } = backend().createFloat([4]);
    const shader = () => '@compute @workgroup_size(1) fn main() { undefinedName(); }';
    backend().dispatch({ label: 'broken', key: '', shader, buffers: [buffer], groups: [1, 1, 1] });
    await assert.rejects(() => tf.square(tf.tensor1d([1])).data(), /refused work of SpikeBridge/);
  });
});

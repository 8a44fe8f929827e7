import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { MemoryShortage } from '../../engine/backends/memoryShortage';
import { partsFor } from '../../engine/backends/webgpu/kernels/gpuKernel';
import type { SpikeWebGpuBackend } from '../../engine/backends/webgpu/webGpuBackend';
import { convolveSpikes } from '../../engine/models/convolution';
import { useGpu } from './gpuPair';

const MEBIBYTE = 2 ** 20;

describe('memory of the GPU', () => {
  useGpu('f32');

  it('tells the part of a batch that a binding takes', async () => {
    await tf.setBackend('webgpu');
    const backend = tf.backend() as SpikeWebGpuBackend;
    const limit = backend.device.limits.maxStorageBufferBindingSize;
    assert.equal(partsFor(backend, 4, [limit * 2], 1), 2);
    assert.throws(
      () => partsFor(backend, 1, [limit * 2], 1),
      (error) => error instanceof MemoryShortage && error.room.share === 0.5,
    );
  });

  it('counts no more values than shaders can, and aligns small tensors too', async () => {
    await tf.setBackend('webgpu');
    const backend = tf.backend() as SpikeWebGpuBackend;
    const limit = backend.device.limits.maxStorageBufferBindingSize;
    assert.equal(partsFor(backend, 6, [1024 * 6], 2 ** 32), 3);
    const large = Math.floor((limit * 1.5) / 1536) * 1536;
    assert.equal(partsFor(backend, 6, [large, 6 * 256], 1), 2);
    assert.equal(partsFor(backend, 6, [large, 3 * 256], 1), 3);
    assert.throws(
      () => partsFor(backend, 1, [1024], 2 ** 33),
      (error) =>
        error instanceof MemoryShortage && /count to/.test(error.message) && error.room.share! < 0.25,
    );
  });

  it('refuses a tensor that the GPU never takes, and goes on with smaller ones', async () => {
    await tf.setBackend('webgpu');
    const backend = tf.backend() as SpikeWebGpuBackend;
    const limit = backend.device.limits.maxBufferSize;
    const held = backend.allocatedBytes;
    assert.throws(
      () => tf.tidy(() => tf.tile(tf.range(0, 2 ** 16, 1, 'float32'), [2 * Math.ceil(limit / 2 ** 18)])),
      (error) => error instanceof MemoryShortage && Math.abs(error.room.share! - 0.5) < 0.01,
    );
    assert.ok(backend.allocatedBytes < held + MEBIBYTE);
    const squares = tf.square(tf.range(0, 5000, 1, 'float32'));
    assert.equal((await squares.data())[70], 4900);
    assert.equal(backend.failure, undefined);
    squares.dispose();
  });

  it('is free again of what a kernel made that cannot go on, and the next one can', async () => {
    await tf.setBackend('webgpu');
    const { device, bufferManager } = tf.backend() as SpikeWebGpuBackend;
    const { limits } = device;
    const [x, filter] = [tf.ones([1, 8, 8, 6]), tf.ones([3, 3, 6, 8])] as [tf.Tensor4D, tf.Tensor4D];
    const convolve = () => convolveSpikes(x, filter, { stride: 1, padding: 1 });
    const expected = tf.tidy(() => tf.sum(convolve()));
    const used = bufferManager.numBytesUsed;
    Object.assign(device, { limits: { maxStorageBufferBindingSize: 1024 } });
    try {
      assert.throws(convolve, (error) => error instanceof MemoryShortage);
    } finally {
      Object.assign(device, { limits });
    }
    assert.equal(bufferManager.numBytesUsed, used);
    const sum = tf.tidy(() => tf.sum(convolve()));
    assert.deepEqual([...(await sum.data())], [...(await expected.data())]);
    tf.dispose([x, filter, expected, sum]);
  });

  it('ends with what was held when the first buffer failed, however much was asked for after it', async () => {
    await tf.setBackend('webgpu');
    const backend = tf.backend() as SpikeWebGpuBackend;
    const weight = tf.tensor1d([1, 2, 3, 4]);
    await tf.square(weight).data();
    backend.acquire(8 * MEBIBYTE);
    const held = backend.allocatedBytes;
    backend.acquire(1024 * MEBIBYTE); // more than the software renderer gives at once
    backend.acquire(1024 * MEBIBYTE);
    await assert.rejects(
      () => tf.square(weight).data(),
      (error) => error instanceof MemoryShortage && error.room.availableBytes === held,
    );
    assert.ok(backend.failure instanceof MemoryShortage);
  });
});

describe('uploads to the GPU', () => {
  useGpu('f32');

  it('are freed while a shader is being compiled, though no kernel has made a tensor of their size', async () => {
    await tf.setBackend('webgpu');
    const values = Float32Array.from({ length: 54_321 }, (_, index) => index % 97);
    const waiting = tf.atanh(tf.tensor1d(new Float32Array(1000).fill(0.5)));
    const sum = tf.tidy(() => tf.sum(tf.tensor1d(values)));
    const expected = values.reduce((total, value) => total + value);
    assert.equal((await sum.data())[0], expected);
    tf.dispose([waiting, sum]);
  });

  it('come back without the memory that their buffers have beyond them', async () => {
    await tf.setBackend('webgpu');
    const tensor = tf.tensor1d(new Float32Array(5000).fill(3));
    const squares = tf.square(tensor);
    const values = await tensor.data();
    assert.deepEqual([values.length, values.byteOffset, values.buffer.byteLength], [5000, 0, 20_000]);
    assert.deepEqual([values[4999], (await squares.data())[4999]], [3, 9]);
    tf.dispose([tensor, squares]);
  });

  it('take no more memory however often they are repeated', async () => {
    await tf.setBackend('webgpu');
    const backend = tf.backend() as SpikeWebGpuBackend;
    const upload = async (value: number) => {
      const most = tf.tidy(() => tf.max(tf.tensor1d(new Float32Array(400_000).fill(value))));
      assert.equal((await most.data())[0], value);
      most.dispose();
    };
    await upload(1);
    await upload(2);
    const held = backend.allocatedBytes;
    for (let value = 3; value < 9; value++) {
      await upload(value);
    }
    assert.equal(backend.allocatedBytes, held);
    backend.releaseUnused();
    assert.ok(backend.allocatedBytes <= held - 400_000 * 4);
  });
});

describe('free memory of the GPU', () => {
  useGpu('f32');

  it('is given back, and what was computed stays', async () => {
    await tf.setBackend('webgpu');
    const backend = tf.backend() as SpikeWebGpuBackend;
    const kept = tf.square(tf.range(0, 1000, 1, 'float32'));
    tf.dispose([tf.square(tf.ones([MEBIBYTE])), tf.add(kept, 1)]);
    await kept.data();
    const before = backend.allocatedBytes;
    const queued = tf.add(kept, 1);
    backend.releaseUnused();
    assert.ok(backend.allocatedBytes <= before - 4 * MEBIBYTE);
    assert.equal((await queued.data())[3], 10);
    const again = tf.square(tf.ones([MEBIBYTE]));
    assert.equal((await again.data())[5], 1);
    assert.equal(backend.failure, undefined);
    tf.dispose([kept, queued, again]);
  });
});

import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { MATRIX_CASES, testMatrixKernels } from '../../engine/backends/webgpu/selfTest';
import type { SpikeWebGpuBackend } from '../../engine/backends/webgpu/webGpuBackend';
import { fullSizeTrainer, LEARNING_RATE, syntheticBatch } from '../bench/gpu/fullSizeStep';
import { useGpu } from './gpuPair';

const SMALL = { sizePixels: 16, channels: [2, 2, 2, 2, 2, 2, 2, 2] };

/**
 * Asserts that all shaders of some work are asked for while it is queued, and none is compiled by then.
 * @returns how many.
 */
async function assertAskedAtOnce(queue: () => Promise<unknown>): Promise<number> {
  const backend = tf.backend() as SpikeWebGpuBackend;
  const compile = backend.device.createComputePipelineAsync.bind(backend.device);
  const pending = queue();
  const { done, total } = backend.compilation ?? { done: 0, total: 0 };
  assert.equal(done, 0);
  const totals = new Set([total]);
  backend.device.createComputePipelineAsync = (descriptor) => {
    totals.add(backend.compilation?.total ?? 0);
    return compile(descriptor);
  };
  await pending;
  backend.device.createComputePipelineAsync = compile;
  assert.deepEqual([...totals], [total]);
  return total;
}

// Every wait between two shaders is a wait for the slower of few threads of Dawn's.
describe('shaders of the webgpu backend', () => {
  useGpu('f16');
  beforeEach(() => tf.setBackend('webgpu'));

  it('are all asked for before the self-test waits for any', async () => {
    const backend = tf.backend() as SpikeWebGpuBackend;
    const some = MATRIX_CASES.slice(-2); // a software renderer takes half a minute for the shaders of all
    assert.ok((await assertAskedAtOnce(() => testMatrixKernels(backend, some))) > 6);
  });

  it('are all asked for before a training step waits for any', async () => {
    const { trainer, network } = fullSizeTrainer(SMALL);
    const batch = syntheticBatch(2, 1, SMALL);
    assert.ok((await assertAskedAtOnce(() => trainer.step(batch, LEARNING_RATE))) > 50);
    trainer.dispose();
    network.dispose();
  });
});

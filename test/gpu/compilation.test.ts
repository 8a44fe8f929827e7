import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { testMatrixKernels } from '../../engine/backends/webgpu/selfTest';
import type { SpikeWebGpuBackend } from '../../engine/backends/webgpu/webGpuBackend';
import { fullSizeTrainer, LEARNING_RATE, syntheticBatch } from '../bench/gpu/fullSizeStep';
import { useGpu } from './gpuPair';

const SMALL = { sizePixels: 16, channels: [2, 2, 2, 2, 2, 2, 2, 2] };

/** Counts the shaders that are asked for and those that are compiled, from now on. */
function countShaders({ device }: SpikeWebGpuBackend): { asked: number; compiled: number } {
  const counts = { asked: 0, compiled: 0 };
  const compile = device.createComputePipelineAsync.bind(device);
  device.createComputePipelineAsync = (descriptor) => {
    counts.asked++;
    return compile(descriptor).finally(() => {
      counts.compiled++;
    });
  };
  return counts;
}

// Every wait between two shaders is a wait for the slower of few threads of Dawn's.
describe('shaders of the webgpu backend', () => {
  useGpu('f16');
  beforeEach(() => tf.setBackend('webgpu'));

  it('are all asked for before the self-test waits for any', async () => {
    const backend = tf.backend() as SpikeWebGpuBackend;
    const shaders = countShaders(backend);
    const pending = testMatrixKernels(backend);
    const { asked, compiled } = shaders;
    await pending;
    assert.ok(asked > 0);
    assert.deepEqual([compiled, shaders.asked], [0, asked]);
  });

  it('are all asked for before a training step waits for any', async () => {
    const backend = tf.backend() as SpikeWebGpuBackend;
    const { trainer, network } = fullSizeTrainer(SMALL);
    const shaders = countShaders(backend);
    const pending = trainer.step(syntheticBatch(2, 1, SMALL), LEARNING_RATE);
    const { asked, compiled } = shaders;
    await pending;
    assert.ok(asked > 50, `${asked} shaders`);
    assert.deepEqual([compiled, shaders.asked], [0, asked]);
    trainer.dispose();
    network.dispose();
  });
});

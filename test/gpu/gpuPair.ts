import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { registerWebGpuBackend } from '../../engine/backends/webgpu/register';
import type { Precision } from '../../engine/backends/webgpu/webGpuBackend';
import { assertClose } from '../unit/backends/backendPair';

/** Registers the webgpu backend (on the software renderer that the suite's environment names) for one suite. */
export function useGpu(precision: Precision): void {
  before(async () => {
    await registerWebGpuBackend({ precision, allowSoftware: true });
  });
  after(async () => {
    await tf.setBackend('cpu');
    tf.removeBackend('webgpu');
  });
}

/** The values of all tensors that `compute` makes on a backend. */
async function valuesOn(backend: string, compute: () => tf.Tensor[]): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const tensors = tf.tidy(() => compute() as unknown as tf.TensorContainer) as unknown as tf.Tensor[];
  const values = await Promise.all(tensors.map(async (tensor) => Float32Array.from(await tensor.data())));
  tf.dispose(tensors);
  return values;
}

/** Asserts that `compute` gives the same on the GPU as on the stock cpu backend; inputs must be seeded. */
export async function assertSameOnGpu(compute: () => tf.Tensor[], tolerance: number): Promise<void> {
  const expected = await valuesOn('cpu', compute);
  const before = tf.memory().numTensors;
  const actual = await valuesOn('webgpu', compute);
  expected.forEach((values, index) => {
    assertClose(actual[index] as Float32Array, values, tolerance, `output ${index}`);
  });
  const left = tf.memory().numTensors - before;
  if (left !== 0) {
    throw new Error(`${left} tensors were not freed`);
  }
}

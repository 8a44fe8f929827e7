import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelCompilation } from '../../../engine/backends/stepSupport';

/**
 * Makes the stock cpu backend the active one, and has it say that it compiles kernels, as a GPU's does.
 * @param more other members of a GPU's backend.
 * @returns what changes and ends that.
 */
export async function fakeCompilation(more: object = {}): Promise<{
  compilation?: KernelCompilation;
  dispose(): void;
}> {
  await tf.setBackend('cpu');
  const backend = tf.backend() as unknown as Record<string, unknown>;
  const fake: { compilation?: KernelCompilation; dispose(): void } = {
    compilation: { done: 3, total: 7 },
    dispose() {
      for (const key of ['compilation', ...Object.keys(more)]) {
        delete backend[key];
      }
    },
  };
  Object.defineProperty(backend, 'compilation', { get: () => fake.compilation, configurable: true });
  Object.assign(backend, more);
  return fake;
}

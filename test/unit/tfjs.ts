import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-cpu';

/** Makes the stock cpu backend, the oracle, the active one. */
export async function useCpuBackend(): Promise<void> {
  tf.enableProdMode();
  await tf.setBackend('cpu');
}

/** Values of a tensor as numbers. */
export function valuesOf(tensor: tf.Tensor): number[] {
  return [...(tensor.dataSync() as Float32Array)];
}

import type * as tf from '@tensorflow/tfjs-core';

/**
 * Brings tensors' values to where `dataSync` finds them. On a GPU values can only be read asynchronously; tfjs keeps
 * what was read with the tensor, so that code behind this call may read synchronously on every backend.
 */
export async function fetchValues(tensors: Iterable<tf.Tensor>): Promise<void> {
  await Promise.all(Array.from(tensors, (tensor) => tensor.data()));
}

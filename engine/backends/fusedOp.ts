import * as tf from '@tensorflow/tfjs-core';
import type { FusedKernelName } from './fusedKernels';

/** Whether the active backend implements a fused kernel; where not, its op runs the reference composition. */
export function hasFusedKernel(name: FusedKernelName): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/**
 * Runs a fused kernel of the active backend through the tfjs engine, so that it is recorded for autodiff.
 * @param inputs tensors by input name; an array where the contract says so (AdamW).
 * @param attributes see fusedKernels.ts.
 * @returns the kernel's outputs, always as an array.
 */
export function runFusedKernel(
  name: FusedKernelName,
  inputs: Record<string, tf.Tensor | tf.Tensor[]>,
  attributes: object = {},
): tf.Tensor[] {
  const outputs = tf
    .engine()
    .runKernel(name, inputs as unknown as tf.NamedTensorMap, attributes as tf.NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs as tf.Tensor];
}

/** The kernel's only output; for kernels that have one. */
export function runSingleOutputKernel<Rank extends tf.Tensor>(
  name: FusedKernelName,
  inputs: Record<string, tf.Tensor>,
  attributes: object = {},
): Rank {
  const [output] = runFusedKernel(name, inputs, attributes);
  return output as Rank;
}

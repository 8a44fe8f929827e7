import * as tf from '@tensorflow/tfjs-core';
import type { FusedKernelName } from './fusedKernels';

/** What a backend may say about its kernels. */
interface KernelLimits {
  /** Kernels of neurons and of BatchNorm take multiples of so many channels. */
  readonly channelMultiple?: number;
}

/**
 * Whether the active backend implements a fused kernel; where not, its op runs the reference composition.
 * @param x the op's input, where the kernel's backend may be choosy about its channels (the last axis).
 */
export function hasFusedKernel(name: FusedKernelName, x?: tf.Tensor): boolean {
  const { channelMultiple = 1 } = tf.backend() as KernelLimits;
  const takesChannels = x === undefined || (x.shape.at(-1) ?? 1) % channelMultiple === 0;
  return takesChannels && tf.getKernel(name, tf.getBackend()) !== undefined;
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

import * as tf from '@tensorflow/tfjs-core';
import { FUSED_KERNELS } from '../backends/fusedKernels';
import { hasFusedKernel, runSingleOutputKernel } from '../backends/fusedOp';
import type { BatchMemory } from '../datasets/batchMemory';
import { expandInput, inputLength, type PackedInput } from '../datasets/packedFrames';

/** The input of a network: values [rows, H, W, channels] as they are, or packed. */
export type NetworkInput = Float32Array | PackedInput;

/** {@link inputTensor} by the CPU. */
export function inputTensorReference(
  input: PackedInput,
  shape: [number, number, number, number],
  memory?: BatchMemory,
): tf.Tensor4D {
  return tf.tensor4d(expandInput(input, memory), shape);
}

/**
 * An input as a tensor. A packed one travels to a GPU as it is.
 * @param sizes images in the input, and their height and width in pixels.
 * @param memory of the values where the CPU expands them: theirs until two more inputs took some. Default: fresh one.
 * @returns [rows, size, size, channels].
 */
export function inputTensor(
  input: NetworkInput,
  { rows, size }: { readonly rows: number; readonly size: number },
  memory?: BatchMemory,
): tf.Tensor4D {
  const values = input instanceof Float32Array ? input.length : inputLength(input);
  const shape: [number, number, number, number] = [rows, size, size, values / (rows * size ** 2)];
  if (input instanceof Float32Array) {
    return tf.tensor4d(input, shape);
  }
  return hasFusedKernel(FUSED_KERNELS.expandInput)
    ? runSingleOutputKernel(FUSED_KERNELS.expandInput, {}, { input, shape })
    : inputTensorReference(input, shape, memory);
}

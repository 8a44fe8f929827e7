import type * as tf from '@tensorflow/tfjs-core';
import type { KernelCall } from './gpuKernel';

/** The kernels of tfjs-backend-webgpu that ours replace, by name; filled when ours are registered. */
export const replacedKernels = new Map<string, tf.KernelConfig>();

/** Runs the stock kernel, for cases that ours of the same name does not cover. */
export function runStockKernel<Inputs, Attributes>(
  kernelName: string,
  { backend, inputs, attributes }: KernelCall<Inputs, Attributes>,
): tf.TensorInfo | tf.TensorInfo[] {
  const kernel = replacedKernels.get(kernelName) as tf.KernelConfig;
  return kernel.kernelFunc({
    backend,
    inputs: inputs as tf.NamedTensorInfoMap,
    attrs: attributes as tf.NamedAttrMap,
  });
}

import * as tf from '@tensorflow/tfjs-core';
import type { KernelCall } from './kernelConfig';

/** Runs the stock cpu kernel on the simd backend, for cases that our kernel of the same name does not cover. */
export function runStockKernel<Inputs, Attributes>(
  kernelName: string,
  { backend, inputs, attributes }: KernelCall<Inputs, Attributes>,
): tf.TensorInfo | tf.TensorInfo[] {
  const kernel = tf.getKernel(kernelName, 'cpu');
  return kernel.kernelFunc({
    backend,
    inputs: inputs as tf.NamedTensorInfoMap,
    attrs: attributes as tf.NamedAttrMap,
  });
}

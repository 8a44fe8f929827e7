import * as tf from '@tensorflow/tfjs-core';
import { type ConvolutionAttributes, FUSED_KERNELS } from '../backends/fusedKernels';
import { hasFusedKernel, runSingleOutputKernel } from '../backends/fusedOp';

/** Stride and zero padding, the same on both axes, in pixels. */
export type ConvolutionOptions = ConvolutionAttributes;

/** {@link convolveSpikes} by the stock tfjs convolution; gradients by autodiff. */
export function convolveSpikesReference(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride, padding }: ConvolutionOptions,
): tf.Tensor4D {
  return tf.conv2d(x, filter, stride, padding, 'NHWC', [1, 1], 'floor');
}

/**
 * 2-D convolution without bias, fast where most inputs are 0 (spikes, pooled spikes, event counts).
 * @param x [N, H, W, inputChannels], any float32 values.
 * @param filter [kernelHeight, kernelWidth, inputChannels, outputChannels].
 * @returns [N, floor((H + 2 padding - kernelHeight) / stride) + 1, ..., outputChannels].
 */
export function convolveSpikes(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  options: ConvolutionOptions,
): tf.Tensor4D {
  if (!hasFusedKernel(FUSED_KERNELS.convolution)) {
    return convolveSpikesReference(x, filter, options);
  }
  const { stride, padding } = options;
  return runSingleOutputKernel(FUSED_KERNELS.convolution, { x, filter }, { stride, padding });
}

tf.registerGradient({
  kernelName: FUSED_KERNELS.convolution,
  inputsToSave: ['x', 'filter'],
  // tfjs takes the gradients in the order of the inputs, x first, and no other node reads dy.
  gradFunc: (dy, saved, attributes) => {
    const { stride, padding } = attributes as unknown as ConvolutionAttributes;
    const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
    const gradient = { dy: dy as tf.Tensor };
    return {
      x: () =>
        runSingleOutputKernel(
          FUSED_KERNELS.convolutionInputGradient,
          { ...gradient, filter },
          { stride, padding, shape: x.shape },
        ),
      filter: () =>
        runSingleOutputKernel(
          FUSED_KERNELS.convolutionFilterGradient,
          { ...gradient, x },
          { stride, padding, shape: filter.shape, isLastUse: true },
        ),
    };
  },
});

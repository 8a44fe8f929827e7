import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  type ConvolutionAttributes,
  type ConvolutionGradientAttributes,
  FUSED_KERNELS,
} from '../../fusedKernels';
import type { ConvolutionShape } from '../shaders/convolutionShape';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import {
  activationFormat,
  type ConvolutionOperands,
  type ConvolutionWork,
  layerOf,
  shapeOf,
} from './convolutionSizes';
import { filterGradient } from './filterGradient';
import { gpuKernel, type KernelCall, requireValues } from './gpuKernel';
import { convolveHalves } from './halfProducts';
import { convolveSplit } from './splitProducts';
import { convolveInTiles, inputGradientInTiles } from './tileProducts';

/** @returns whether the convolution is one for matrices, of halves or of f32 as sums of halves. */
function convolveOnMatrices(
  backend: SpikeWebGpuBackend,
  work: ConvolutionWork,
  operands: ConvolutionOperands,
): boolean {
  return convolveHalves(backend, work, operands) || convolveSplit(backend, work, operands);
}

function convolution({
  backend,
  inputs: { x, filter },
  attributes,
}: KernelCall<{ x: TensorInfo; filter: TensorInfo }, ConvolutionAttributes>): TensorInfo {
  const shape = shapeOf(x.shape, filter.shape, attributes);
  const { frames, outputHeight, outputWidth, outputChannels } = shape;
  const outputShape = [frames, outputHeight, outputWidth, outputChannels];
  requireValues(FUSED_KERNELS.convolution, 'output', outputShape);
  const format = activationFormat(backend, outputChannels);
  const y = backend.createActivation(outputShape, format);
  const operands = { x: backend.valuesOf(x), filter, y: { buffer: y.buffer, format } };
  if (!convolveOnMatrices(backend, { label: `convolution ${layerOf(shape)}`, shape }, operands)) {
    convolveInTiles(backend, shape, operands);
  }
  return y.info;
}

/** The input gradient of a convolution with stride 1 is a convolution with the reversed filter. */
function reversedShape(shape: ConvolutionShape): ConvolutionShape {
  return {
    ...shape,
    height: shape.outputHeight,
    width: shape.outputWidth,
    inputChannels: shape.outputChannels,
    outputChannels: shape.inputChannels,
    outputHeight: shape.height,
    outputWidth: shape.width,
    paddingTop: shape.kernelHeight - 1 - shape.paddingTop,
    paddingLeft: shape.kernelWidth - 1 - shape.paddingLeft,
  };
}

function inputGradient({
  backend,
  inputs,
  attributes,
}: KernelCall<{ dy: TensorInfo; filter: TensorInfo }, ConvolutionGradientAttributes>): TensorInfo {
  const { filter } = inputs;
  const shape = shapeOf(attributes.shape, filter.shape, attributes);
  const format = activationFormat(backend, shape.inputChannels);
  const { info, buffer } = backend.createActivation(attributes.shape, format);
  const [dy, dx] = [backend.floatsOf(inputs.dy), { buffer, format }];
  const work = { label: `input gradient ${layerOf(shape)}`, shape: reversedShape(shape), gradientOf: shape };
  if (shape.stride > 1 || !convolveOnMatrices(backend, work, { x: dy, filter, y: dx })) {
    inputGradientInTiles(backend, shape, { dy, filter, dx });
  }
  return backend.asTransient(info);
}

export const convolutionKernels = [
  gpuKernel(FUSED_KERNELS.convolution, convolution),
  gpuKernel(FUSED_KERNELS.convolutionInputGradient, inputGradient),
  gpuKernel(FUSED_KERNELS.convolutionFilterGradient, filterGradient),
];

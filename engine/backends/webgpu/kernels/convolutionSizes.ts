import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from '../../fusedKernels';
import type { ConvolutionShape, ElementFormat } from '../shaders/convolutionShape';
import type { Floats, Values } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';

/** A convolution to compute: a layer's, or a layer's input gradient as a convolution with the reversed filter. */
export interface ConvolutionWork {
  readonly label: string;
  /** Of what is computed. */
  readonly shape: ConvolutionShape;
  /** The layer, where this is its input gradient. */
  readonly gradientOf?: ConvolutionShape;
}

/** What a convolution reads and writes. The filter is the layer's. */
export interface ConvolutionOperands {
  readonly x: Values;
  readonly filter: TensorInfo;
  readonly y: Floats;
}

type Shape4 = [number, number, number, number];

export function shapeOf(
  x: readonly number[],
  filter: readonly number[],
  attributes: ConvolutionAttributes,
): ConvolutionShape {
  const [frames, height, width, inputChannels] = x as Shape4;
  const [kernelHeight, kernelWidth, , outputChannels] = filter as Shape4;
  const { stride, padding } = attributes;
  const along = (size: number, kernel: number) => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  return {
    frames,
    height,
    width,
    inputChannels,
    outputChannels,
    outputHeight: along(height, kernelHeight),
    outputWidth: along(width, kernelWidth),
    kernelHeight,
    kernelWidth,
    stride,
    paddingTop: padding,
    paddingLeft: padding,
  };
}

/** Part of a label: which layer it is, in profiles. */
export const layerOf = ({ inputChannels, outputChannels, height, width }: ConvolutionShape) =>
  `${inputChannels} to ${outputChannels} at ${width} x ${height}`;

const BYTES_PER_VALUE = { f32: 4, f16: 2, bits: 1 / 8 } as const;
export const inputBytes = (s: ConvolutionShape, format: ElementFormat) =>
  s.frames * s.height * s.width * s.inputChannels * BYTES_PER_VALUE[format];
export const outputPixels = (s: ConvolutionShape) => s.frames * s.outputHeight * s.outputWidth;
export const outputBytes = (s: ConvolutionShape, format: ElementFormat) =>
  outputPixels(s) * s.outputChannels * BYTES_PER_VALUE[format];

/** Values of the larger of input and output. */
export const mostValues = ({
  frames,
  height,
  width,
  inputChannels,
  outputHeight,
  outputWidth,
  outputChannels,
}: ConvolutionShape) =>
  frames * Math.max(height * width * inputChannels, outputHeight * outputWidth * outputChannels);

/** Fewer channels than these neither fill a matrix tile nor take memory worth the loss of precision. */
const HALF_CHANNELS = 64;

/** How activations and their gradients are kept: as halves only where the precision is f16 and matrices are fed. */
export function activationFormat(backend: SpikeWebGpuBackend, channels: number): 'f32' | 'f16' {
  return backend.precision === 'f16' && channels % HALF_CHANNELS === 0 ? 'f16' : 'f32';
}

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from '../fusedKernels';
import { SHUFFLE_TABLE_ADDRESS } from './controlBlock';
import { float32Bits } from './jobRunner';

/** The sizes of one convolution; see kernels/convolutionArgs.ts. */
export interface ConvolutionGeometry extends ConvolutionAttributes {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
}

type Shape = TensorInfo['shape'];

function outputSize(size: number, kernel: number, { stride, padding }: ConvolutionAttributes): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

/** Geometry from the shapes of x [N, H, W, CI] and the filter [KH, KW, CI, CO]. */
export function convolutionGeometry(
  x: Shape,
  filter: Shape,
  attributes: ConvolutionAttributes,
): ConvolutionGeometry {
  const [images, height, width, channels] = x as [number, number, number, number];
  const [kernelHeight, kernelWidth, , outChannels] = filter as [number, number, number, number];
  const { stride, padding } = attributes;
  const outHeight = outputSize(height, kernelHeight, attributes);
  const outWidth = outputSize(width, kernelWidth, attributes);
  return {
    ...{ images, height, width, channels, outHeight, outWidth, outChannels },
    ...{ kernelHeight, kernelWidth, stride, padding },
  };
}

/** `count` rounded up to whole vectors of 4. */
export function roundToVector(count: number): number {
  return Math.ceil(count / 4) * 4;
}

/** Addresses and cutting of one convolution job. */
export interface ConvolutionJob {
  readonly x: number;
  readonly filter: number;
  readonly y: number;
  readonly chunks: number;
  readonly bandRows: number;
  readonly partials?: number;
  /** The filter with both kernel axes exchanged. */
  readonly gatherFilter?: number;
  /** Floats per row of the filter; default: outChannels rounded up to a multiple of 4. */
  readonly outStride?: number;
  /** Floats per row of the flipped filter; default: channels rounded up to a multiple of 4. */
  readonly channelStride?: number;
}

/**
 * From this share of nonzero inputs on the dense path is faster: gathering costs more per nonzero input, and the
 * fewer the output channels, the more.
 */
function denseFrom(outChannels: number): number {
  return outChannels >= 16 ? 0.5 : 0.3;
}

/** The words of kernels/convolutionArgs.ts. */
export function convolutionArguments(geometry: ConvolutionGeometry, job: ConvolutionJob): number[] {
  const { images, height, width, channels, outHeight, outWidth, outChannels } = geometry;
  const { kernelHeight, kernelWidth, stride, padding } = geometry;
  const { outStride = roundToVector(outChannels), channelStride = roundToVector(channels) } = job;
  return [
    ...[job.x, job.filter, job.y, images, height, width, channels, outHeight, outWidth, outChannels],
    ...[outStride, channelStride, kernelHeight, kernelWidth, stride, padding],
    ...[job.chunks, job.bandRows, float32Bits(denseFrom(outChannels))],
    ...[job.partials ?? 0, job.gatherFilter ?? 0, SHUFFLE_TABLE_ADDRESS],
  ];
}

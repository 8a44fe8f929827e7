import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BatchNormShape } from '../shaders/batchNorm.wgsl';
import { type ChannelSums, channelSumsGroups, channelSumsShader } from '../shaders/channelSums.wgsl';
import type { Floats } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { partOf, partsFor, requireEven } from './gpuKernel';

export const bytesOf = ({ format }: Floats, values: number) => values * (format === 'f16' ? 2 : 4);
export const sumsBytes = ({ groups, pieces, channels }: BatchNormShape) => groups * pieces * channels * 2 * 4;
export const keyOf = (shape: BatchNormShape) => Object.values(shape).join();

/** The slices of x over which BatchNorm normalises. */
export function slicesOf(
  x: TensorInfo,
  groups: number,
): Pick<BatchNormShape, 'groups' | 'rows' | 'channels'> {
  const channels = x.shape.at(-1) as number;
  requireEven(channels);
  return { groups, rows: util.sizeFromShape(x.shape) / (groups * channels), channels };
}

/** Sums over rows, in parts that can be bound. */
export function sumChannels(
  backend: SpikeWebGpuBackend,
  shape: BatchNormShape,
  sums: GPUBuffer,
  x: Floats,
  gradient?: { dy: Floats; mean: GPUBuffer },
): void {
  const { groups, rows, channels, pieces } = shape;
  const values = groups * rows * channels;
  const bytes = [
    bytesOf(x, values),
    ...(gradient ? [bytesOf(gradient.dy, values), groups * channels * 4] : []),
  ];
  const parts = partsFor(backend, groups, [...bytes, sumsBytes(shape)], values);
  const isCut = parts > 1;
  const kernel: ChannelSums = {
    groups: groups / parts,
    rows,
    channels,
    pieces,
    x: x.format,
    gradient: gradient?.dy.format,
  };
  for (let index = 0; index < parts; index++) {
    const part = (buffer: GPUBuffer, size: number) => (isCut ? partOf(buffer, size, parts, index) : buffer);
    backend.dispatch({
      label: gradient ? 'sum gradient' : 'sum activations',
      key: Object.values(kernel).join(),
      shader: () => channelSumsShader(kernel),
      buffers: [
        part(sums, sumsBytes(shape)),
        part(x.buffer, bytes[0] as number),
        ...(gradient
          ? [part(gradient.dy.buffer, bytes[1] as number), part(gradient.mean, bytes[2] as number)]
          : []),
      ],
      groups: channelSumsGroups(kernel),
    });
  }
}

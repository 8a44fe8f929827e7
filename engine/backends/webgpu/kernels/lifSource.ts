import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { LifAttributes } from '../../fusedKernels';
import { NORM } from '../shaders/coefficients.wgsl';
import type { LifInput, LifShape } from '../shaders/lif.wgsl';
import type { SpikeWebGpuBackend } from '../webGpuBackend';

/** A LIF's input as the shaders read it. */
export interface LifSource {
  readonly shape: LifShape;
  readonly input: LifInput;
  readonly x: TensorInfo;
  readonly buffer: GPUBuffer;
  readonly coefficients?: GPUBuffer;
}

export function sourceOf(
  backend: SpikeWebGpuBackend,
  x: TensorInfo,
  { streams, steps }: LifAttributes,
): LifSource {
  const channels = x.shape.at(-1) as number;
  const rows = util.sizeFromShape(x.shape) / (streams * steps * channels);
  const shape: LifShape = { streams, steps, rows, channels };
  const storage = backend.storageOf(x);
  // A reshaped tensor shares the values of its origin, whose slices and channels may be others.
  const isSliced = storage?.kind === 'normalised' && storage.groups === streams * steps;
  if (isSliced && storage.x.shape.at(-1) === channels) {
    const { format, buffer } = backend.floatsOf(storage.x);
    const { coefficients } = storage;
    return { shape, input: { format, normalised: true }, x: storage.x, buffer, coefficients };
  }
  const { format, buffer } = backend.floatsOf(x);
  return { shape, input: { format, normalised: false }, x, buffer };
}

export const valuesOf = ({ streams, steps, rows, channels }: LifShape) => streams * steps * rows * channels;
export const bytesPer = (format: 'f32' | 'f16') => (format === 'f16' ? 2 : 4);
export const coefficientBytesOf = ({ streams, steps, channels }: LifShape) =>
  streams * steps * channels * NORM.length * 4;

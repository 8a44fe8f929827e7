import type { KernelConfig, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { SpikeBridgeError } from '../../../errors';
import { gibibytes, MemoryShortage } from '../../memoryShortage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';

export const WEBGPU_BACKEND_NAME = 'webgpu';

/** What a kernel of the webgpu backend is called with. */
export interface KernelCall<Inputs, Attributes> {
  readonly backend: SpikeWebGpuBackend;
  readonly inputs: Inputs;
  readonly attributes: Attributes;
}

/** A tfjs kernel registration for the webgpu backend from a function with precise types. */
export function gpuKernel<Inputs, Attributes>(
  kernelName: string,
  compute: (call: KernelCall<Inputs, Attributes>) => TensorInfo | TensorInfo[],
): KernelConfig {
  return {
    kernelName,
    backendName: WEBGPU_BACKEND_NAME,
    kernelFunc: ({ backend, inputs, attrs }) =>
      compute({
        backend: backend as SpikeWebGpuBackend,
        inputs: inputs as NamedTensorInfoMap as Inputs,
        attributes: attrs as NamedAttrMap as Attributes,
      }),
  };
}

/** BatchNorm and LIF kernels work on pairs of channels. */
export function requireEven(channels: number): void {
  if (channels % 2 !== 0) {
    throw new SpikeBridgeError(
      'backend',
      `the webgpu backend takes layers with an even number of channels only; this one has ${channels}`,
      'Change the channels of the network, or use the backend "simd".',
    );
  }
}

/** A tensor's memory cut into equal parts along its first axis. */
export interface Part {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** Part `index` of `parts` of memory that holds `bytes`. */
export function partOf(buffer: GPUBuffer, bytes: number, parts: number, index: number): Part {
  const size = bytes / parts;
  return { buffer, offset: index * size, size };
}

/** Offsets of bindings are multiples of this on every device. */
const OFFSET_ALIGNMENT = 256;

/** Shaders count values in 32-bit integers, some of them with a sign. */
const MOST_VALUES = 2 ** 31 - 1;

/**
 * Into how many parts tensors must be cut so that every part can be bound and its values counted: the first divisor of
 * `frames` that fits.
 * @param bytes of every tensor that is cut, small ones too: parts of all must be aligned.
 * @param values of the largest tensor. @throws MemoryShortage where none fits.
 */
export function partsFor(
  backend: SpikeWebGpuBackend,
  frames: number,
  bytes: readonly number[],
  values: number,
): number {
  const limit = backend.device.limits.maxStorageBufferBindingSize;
  const isAligned = (size: number) => size % OFFSET_ALIGNMENT === 0;
  const fits = (parts: number) =>
    frames % parts === 0 &&
    values / parts <= MOST_VALUES &&
    bytes.every((size) => size / parts <= limit && (parts === 1 || isAligned(size / parts)));
  for (let parts = 1; parts <= Math.min(frames, 1024); parts++) {
    if (fits(parts)) {
      return parts;
    }
  }
  const largest = Math.max(...bytes);
  throw new MemoryShortage(
    largest > limit
      ? `a layer's activations take ${gibibytes(largest)}; this GPU binds at most ${gibibytes(limit)} at once`
      : `a layer has ${values} activations; the kernels of the GPU count to ${MOST_VALUES}`,
    'Lower training.batchPairs, or use precision "f16".',
    { share: Math.min(limit / largest, MOST_VALUES / values) },
  );
}

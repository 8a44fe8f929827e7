import type { KernelConfig, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { SpikeBridgeError } from '../../../errors';
import { gibibytes, MemoryShortage } from '../../memoryShortage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { replacedKernels, runStockKernel } from './stockKernel';

export const WEBGPU_BACKEND_NAME = 'webgpu';

/** What a kernel of the webgpu backend is called with. */
export interface KernelCall<Inputs, Attributes> {
  readonly backend: SpikeWebGpuBackend;
  readonly inputs: Inputs;
  readonly attributes: Attributes;
}

const isEmpty = (shape: readonly number[]) => shape.some((size) => !(size > 0));

/**
 * Refuses an empty tensor before anything is queued for it: shaders and the memory that they bind hold at least one
 * value, and what the GPU refuses would end the run. @throws SpikeBridgeError (backend) naming kernel and shape.
 */
export function requireValues(kernelName: string, name: string, shape: readonly number[]): void {
  if (isEmpty(shape)) {
    throw new SpikeBridgeError(
      'backend',
      `the kernel ${kernelName} of the webgpu backend takes no empty tensors; its ${name} has the shape [${shape.join(', ')}]`,
      'Use batches of at least one sample, and layers that leave at least one pixel.',
    );
  }
}

/** Inputs with their names; some are lists of tensors. */
function namedTensors(inputs: NamedTensorInfoMap): (readonly [string, TensorInfo])[] {
  const lists = Object.entries(inputs as Readonly<Record<string, TensorInfo | readonly TensorInfo[]>>);
  return lists.flatMap(([name, tensors]) =>
    [tensors].flat().map((tensor) => [name, tensor as TensorInfo] as const),
  );
}

/**
 * A tfjs kernel registration for the webgpu backend from a function with precise types, which gets no empty tensors: the
 * stock kernel that ours replaces takes them, and where there is none they are refused.
 */
export function gpuKernel<Inputs, Attributes>(
  kernelName: string,
  compute: (call: KernelCall<Inputs, Attributes>) => TensorInfo | TensorInfo[],
): KernelConfig {
  return {
    kernelName,
    backendName: WEBGPU_BACKEND_NAME,
    kernelFunc: ({ backend, inputs, attrs }) => {
      const call = {
        backend: backend as SpikeWebGpuBackend,
        inputs: inputs as NamedTensorInfoMap as Inputs,
        attributes: attrs as NamedAttrMap as Attributes,
      };
      const tensors = namedTensors(inputs);
      if (replacedKernels.has(kernelName)) {
        const hasEmpty = tensors.some(([, { shape }]) => isEmpty(shape));
        return hasEmpty ? runStockKernel(kernelName, call) : call.backend.runKernel(() => compute(call));
      }
      for (const [name, { shape }] of tensors) {
        requireValues(kernelName, name, shape);
      }
      return call.backend.runKernel(() => compute(call));
    },
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

/** More parts are not looked for. */
const MOST_PARTS = 1024;

/**
 * Into how many parts tensors must be cut so that every part can be bound and its values counted: the first divisor of
 * `frames` that fits.
 * @param bytes of every tensor that is cut, small ones too: parts of all must be aligned.
 * @param values of the largest tensor. @param preferred bytes of a part at most, where a divisor gives such parts.
 * @throws MemoryShortage where none fits.
 */
export function partsFor(
  backend: SpikeWebGpuBackend,
  frames: number,
  bytes: readonly number[],
  values: number,
  preferred = Number.POSITIVE_INFINITY,
): number {
  const bound = backend.device.limits.maxStorageBufferBindingSize;
  const isAligned = (size: number) => size % OFFSET_ALIGNMENT === 0;
  const fits = (parts: number, limit: number) =>
    frames % parts === 0 &&
    values / parts <= MOST_VALUES &&
    bytes.every((size) => size / parts <= limit && (parts === 1 || isAligned(size / parts)));
  for (const limit of [Math.min(preferred, bound), bound]) {
    for (let parts = 1; parts <= Math.min(frames, MOST_PARTS); parts++) {
      if (fits(parts, limit)) {
        return parts;
      }
    }
  }
  const largest = Math.max(...bytes);
  throw new MemoryShortage(
    largest > bound
      ? `a layer's activations take ${gibibytes(largest)}; this GPU binds at most ${gibibytes(bound)} at once`
      : `a layer has ${values} activations; the kernels of the GPU count to ${MOST_VALUES}`,
    'Lower training.batchPairs, or use precision "f16".',
    { share: Math.min(bound / largest, MOST_VALUES / values) },
  );
}

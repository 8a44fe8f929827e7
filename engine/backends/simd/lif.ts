import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SurrogateName } from '../../neurons/surrogate';
import { FUSED_KERNELS, type LifAttributes } from '../fusedKernels';
import { chunksFor, float32Bits } from './jobRunner';
import { type KernelCall, simdKernel } from './kernelConfig';
import { KernelId } from './kernels/kernelIds';

/** Values that are worth a chunk. */
const CHUNK_VALUES = 32768;
/** Neurons that kernels/lif.ts handles at once. */
const BLOCK_NEURONS = 1024;

/** The surrogates' numbers in kernels/lif.ts. */
const SURROGATE_CODES: Record<SurrogateName, number> = {
  qgate: 0,
  gate: 1,
  rectangle: 2,
  arctan: 3,
  sigmoid: 4,
};

interface LifAddresses {
  readonly x: number;
  readonly spikes?: number;
  readonly membrane?: number;
  readonly dSpikes?: number;
  readonly dMembrane?: number;
  readonly dx?: number;
}

function runLif(
  kernel: KernelId.Lif | KernelId.LifGradient,
  { backend, attributes }: KernelCall<unknown, LifAttributes>,
  shape: readonly number[],
  addresses: LifAddresses,
): void {
  const { streams, steps, tau, threshold, surrogate, alpha } = attributes;
  const { x, spikes = 0, membrane = 0, dSpikes = 0, dMembrane = 0, dx = 0 } = addresses;
  const values = shape.reduce((product, size) => product * size, 1);
  const chunks = chunksFor(values, CHUNK_VALUES);
  const args = [
    ...[x, spikes, membrane, dSpikes, dMembrane, dx],
    ...[streams, steps, values / (streams * steps), chunks],
    ...[float32Bits(tau), float32Bits(threshold), SURROGATE_CODES[surrogate], float32Bits(alpha)],
  ];
  backend.jobs.run(kernel, args, chunks, (steps + 1) * BLOCK_NEURONS * 4 + 64);
}

function lif(call: KernelCall<{ x: TensorInfo }, LifAttributes>): TensorInfo[] {
  const { x } = call.inputs;
  const { backend, attributes } = call;
  const spikes = backend.allocateTensor(x.shape);
  const membrane = attributes.withMembrane ? backend.allocateTensor(x.shape) : undefined;
  const addresses = { x: backend.addressOf(x), spikes: spikes.address, membrane: membrane?.address };
  runLif(KernelId.Lif, call, x.shape, addresses);
  return membrane ? [spikes.info, membrane.info] : [spikes.info];
}

function lifGradient(
  call: KernelCall<{ x: TensorInfo; dSpikes: TensorInfo; dMembrane?: TensorInfo }, LifAttributes>,
): TensorInfo {
  const { backend, inputs } = call;
  const dx = backend.allocateTensor(inputs.x.shape);
  runLif(KernelId.LifGradient, call, inputs.x.shape, {
    x: backend.addressOf(inputs.x),
    dSpikes: backend.addressOf(inputs.dSpikes),
    dMembrane: inputs.dMembrane && backend.addressOf(inputs.dMembrane),
    dx: dx.address,
  });
  return dx.info;
}

export const lifKernels = [
  simdKernel(FUSED_KERNELS.lif, lif),
  simdKernel(FUSED_KERNELS.lifGradient, lifGradient),
];

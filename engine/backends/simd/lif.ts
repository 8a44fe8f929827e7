import type { TensorInfo } from '@tensorflow/tfjs-core';
import { FUSED_KERNELS, type LifAttributes } from '../fusedKernels';
import { chunksFor } from './jobRunner';
import { type KernelCall, simdKernel } from './kernelConfig';
import { KernelId } from './kernels/kernelIds';
import { neuronArguments } from './neuronArguments';
import { fireNormalised, normalisedGradient, normalisedSourceFor } from './normalisedLif';

/** Values that are worth a chunk. */
const CHUNK_VALUES = 32768;
/** Neurons that kernels/lif.ts handles at once. */
const BLOCK_NEURONS = 1024;

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
  const { streams, steps } = attributes;
  const { x, spikes = 0, membrane = 0, dSpikes = 0, dMembrane = 0, dx = 0 } = addresses;
  const values = shape.reduce((product, size) => product * size, 1);
  const chunks = chunksFor(values, CHUNK_VALUES);
  const args = [
    ...[x, spikes, membrane, dSpikes, dMembrane, dx],
    ...[streams, steps, values / (streams * steps), chunks],
    ...neuronArguments(attributes),
  ];
  backend.jobs.run(kernel, args, chunks, (steps + 1) * BLOCK_NEURONS * 4 + 64);
}

function lif(call: KernelCall<{ x: TensorInfo }, LifAttributes>): TensorInfo[] {
  const { x } = call.inputs;
  const { backend, attributes } = call;
  const spikes = backend.allocateTensor(x.shape);
  const membrane = attributes.withMembrane ? backend.allocateTensor(x.shape) : undefined;
  const source = normalisedSourceFor(x, attributes);
  if (source) {
    fireNormalised(backend, attributes, source, { spikes, membrane });
  } else {
    const addresses = { x: backend.addressOf(x), spikes: spikes.address, membrane: membrane?.address };
    runLif(KernelId.Lif, call, x.shape, addresses);
  }
  return membrane ? [spikes.info, membrane.info] : [spikes.info];
}

function lifGradient(
  call: KernelCall<{ x: TensorInfo; dSpikes: TensorInfo; dMembrane?: TensorInfo }, LifAttributes>,
): TensorInfo {
  const { backend, inputs, attributes } = call;
  const { x, dSpikes, dMembrane } = inputs;
  const dx = backend.allocateTensor(x.shape);
  const gradients = {
    dSpikes: backend.addressOf(dSpikes),
    dMembrane: dMembrane && backend.addressOf(dMembrane),
  };
  const source = normalisedSourceFor(x, attributes);
  if (source) {
    normalisedGradient(backend, attributes, source, { ...gradients, dx });
  } else {
    runLif(KernelId.LifGradient, call, x.shape, { ...gradients, x: backend.addressOf(x), dx: dx.address });
  }
  return dx.info;
}

export const lifKernels = [
  simdKernel(FUSED_KERNELS.lif, lif),
  simdKernel(FUSED_KERNELS.lifGradient, lifGradient),
];

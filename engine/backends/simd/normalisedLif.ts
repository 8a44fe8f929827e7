import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { LifAttributes } from '../fusedKernels';
import { chunksFor } from './jobRunner';
import { KernelId } from './kernels/kernelIds';
import { neuronArguments } from './neuronArguments';
import { gradientSums, type NormalisedSource, normalisedSources, spikeCounts } from './normalisedSource';
import type { AllocatedTensor, SimdBackend } from './simdBackend';

/** Values of a stream, over all steps, that are worth a chunk. */
const CHUNK_VALUES = 65536;
/** Bytes of one step that kernels/normalisedLif.ts handles at once, and at most so many rows. */
const BLOCK_BYTES = 4096;
const MOST_BLOCK_ROWS = 128;

/** The source of a normalised tensor, if the LIF kernels can normalise it on the fly. */
export function normalisedSourceFor(
  { dataId }: TensorInfo,
  { streams, steps }: LifAttributes,
): NormalisedSource | undefined {
  const source = normalisedSources.get(dataId);
  const fits = source && source.slices.groups === streams * steps && source.slices.channels % 4 === 0;
  return fits ? source : undefined;
}

interface Cutting {
  readonly pieces: number;
  readonly blockRows: number;
}

function cut({ slices: { rows, channels } }: NormalisedSource, { steps }: LifAttributes): Cutting {
  const pieces = Math.min(rows, chunksFor(rows * channels * steps, CHUNK_VALUES, 32));
  const fitting = Math.floor(BLOCK_BYTES / (channels * 4));
  return { pieces, blockRows: Math.max(1, Math.min(MOST_BLOCK_ROWS, fitting)) };
}

interface Addresses {
  readonly x: number;
  readonly spikes?: number;
  readonly membrane?: number;
  readonly counts?: number;
  readonly dSpikes?: number;
  readonly dMembrane?: number;
  readonly dx?: number;
  readonly sums?: number;
}

/** Runs one of the kernels on [streams] x [pieces] chunks. */
function run(
  kernel: KernelId.NormalisedLif | KernelId.NormalisedLifGradient,
  backend: SimdBackend,
  attributes: LifAttributes,
  { slices: { rows, channels }, coefficients }: NormalisedSource,
  { pieces, blockRows }: Cutting,
  addresses: Addresses,
): void {
  const { x, spikes = 0, membrane = 0, counts = 0, dSpikes = 0, dMembrane = 0, dx = 0, sums = 0 } = addresses;
  const { streams, steps } = attributes;
  const args = [
    ...[x, coefficients, spikes, membrane, counts, dSpikes, dMembrane, dx, sums],
    ...[steps, rows, channels, pieces, blockRows, ...neuronArguments(attributes)],
  ];
  backend.jobs.run(kernel, args, streams * pieces, (steps + 1) * blockRows * channels * 4 + 64);
}

/** LIF on a normalised tensor; also remembers how many spikes each stream has. */
export function fireNormalised(
  backend: SimdBackend,
  attributes: LifAttributes,
  source: NormalisedSource,
  { spikes, membrane }: { spikes: AllocatedTensor; membrane?: AllocatedTensor },
): void {
  const cutting = cut(source, attributes);
  const { streams } = attributes;
  const x = backend.addressOf(source.x);
  backend.heap.withBlock(streams * cutting.pieces * 4, (counts) => {
    const addresses = { x, spikes: spikes.address, membrane: membrane?.address, counts };
    run(KernelId.NormalisedLif, backend, attributes, source, cutting, addresses);
    const perChunk = backend.heap.words(counts, streams * cutting.pieces);
    const perStream = Array.from({ length: streams }, (_, stream) =>
      perChunk
        .subarray(stream * cutting.pieces, (stream + 1) * cutting.pieces)
        .reduce((sum, count) => sum + count, 0),
    );
    spikeCounts.set(spikes.info.dataId, perStream);
  });
}

/** The gradient of {@link fireNormalised}; the sums for BatchNorm's gradient come with dx and live as long. */
export function normalisedGradient(
  backend: SimdBackend,
  attributes: LifAttributes,
  source: NormalisedSource,
  gradients: { dSpikes: number; dMembrane?: number; dx: AllocatedTensor },
): void {
  const cutting = cut(source, attributes);
  const { groups, channels } = source.slices;
  const { dSpikes, dMembrane, dx } = gradients;
  const sums = backend.heap.allocate(groups * cutting.pieces * channels * 16);
  backend.onRelease(dx.info, () => backend.heap.free(sums));
  const x = backend.addressOf(source.x);
  const addresses = { x, dSpikes, dMembrane, dx: dx.address, sums };
  run(KernelId.NormalisedLifGradient, backend, attributes, source, cutting, addresses);
  gradientSums.set(dx.info.dataId, { x: source.x.dataId, groups, sums, pieces: cutting.pieces });
}

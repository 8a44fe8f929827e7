import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type BatchNormAttributes, type ChannelAffineAttributes, FUSED_KERNELS } from '../fusedKernels';
import { chunksFor } from './jobRunner';
import { type KernelCall, simdKernel } from './kernelConfig';
import { KernelId } from './kernels/kernelIds';
import { gradientSums, normalisedSources, type Slices } from './normalisedSource';
import type { SimdBackend } from './simdBackend';

/** Values of a slice that are worth a chunk. */
const PIECE_VALUES = 32768;

function slicesOf(x: TensorInfo, groups: number): Slices {
  const channels = x.shape.at(-1) as number;
  const rows = x.shape.reduce((product, size) => product * size, 1) / (groups * channels);
  return { groups, rows, channels, pieces: chunksFor(rows * channels, PIECE_VALUES, 16) };
}

function jobArguments(
  { rows, channels, pieces }: Slices,
  addresses: { x: number; y?: number; gradient?: number; sums: number; coefficients: number },
): number[] {
  const { x, y = 0, gradient = 0, sums, coefficients } = addresses;
  return [x, y, gradient, rows, channels, pieces, sums, coefficients];
}

/** Calls `visit` with both sums of every group and channel, over all pieces. */
function visitSums(
  { groups, channels, pieces }: Slices,
  sums: Float64Array,
  visit: (index: number, channel: number, first: number, second: number) => void,
): void {
  for (let group = 0; group < groups; group++) {
    for (let channel = 0; channel < channels; channel++) {
      let [first, second] = [0, 0];
      for (let piece = 0; piece < pieces; piece++) {
        const at = (group * pieces + piece) * 2 * channels + channel;
        first += sums[at] as number;
        second += sums[at + channels] as number;
      }
      visit(group * channels + channel, channel, first, second);
    }
  }
}

function floatsOf(backend: SimdBackend, tensor: TensorInfo): Float32Array {
  return backend.data.get(tensor.dataId).values as Float32Array;
}

type ForwardInputs = { x: TensorInfo; gamma: TensorInfo; beta: TensorInfo };

/**
 * Computes the statistics at once and defers y: if only LIF reads it, it is never stored (normalisedSource.ts). The
 * coefficients and x live until y is freed.
 */
function batchNorm({
  backend,
  inputs: { x, gamma, beta },
  attributes: { groups, epsilon },
}: KernelCall<ForwardInputs, BatchNormAttributes>): TensorInfo[] {
  const slices = slicesOf(x, groups);
  const { rows, channels, pieces } = slices;
  const [mean, variance] = [0, 1].map(() => backend.allocateTensor([groups, channels])) as [
    Allocated,
    Allocated,
  ];
  const [means, variances] = [floatsOf(backend, mean.info), floatsOf(backend, variance.info)];
  const [scales, shifts] = [floatsOf(backend, gamma), floatsOf(backend, beta)];
  const coefficients = backend.heap.allocate(groups * channels * 16);
  const table = backend.heap.floats(coefficients, groups * channels * 4);
  const addresses = { x: backend.addressOf(x), coefficients };
  backend.heap.withBlock(groups * pieces * channels * 16, (sums) => {
    backend.jobs.run(KernelId.BatchNormSums, jobArguments(slices, { ...addresses, sums }), groups * pieces);
    visitSums(
      slices,
      backend.heap.doubles(sums, groups * pieces * channels * 2),
      (index, channel, sum, squares) => {
        const average = sum / rows;
        const spread = Math.max(0, squares / rows - average * average);
        means[index] = average;
        variances[index] = spread;
        const at = (index - channel) * 4 + channel;
        table[at] = average;
        table[at + channels] = (scales[channel] as number) / Math.sqrt(spread + epsilon);
        table[at + 2 * channels] = shifts[channel] as number;
      },
    );
  });
  const y = backend.deferTensor(x.shape, (address) => {
    const args = jobArguments(slices, { ...addresses, y: address, sums: 0 });
    backend.jobs.run(KernelId.BatchNormNormalise, args, groups * pieces);
  });
  const releaseSource = backend.holdValues(x);
  normalisedSources.set(y.dataId, { x, slices, coefficients });
  backend.onRelease(y, () => {
    releaseSource();
    backend.heap.free(coefficients);
  });
  return [y, mean.info, variance.info];
}

type Allocated = ReturnType<SimdBackend['allocateTensor']>;
type GradientInputs = {
  dy: TensorInfo;
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  gamma: TensorInfo;
};

/**
 * With r = 1 / sqrt(variance + epsilon), n rows per slice, S = sum dy and P = sum dy (x - mean):
 * dx = gamma r (dy - S / n - (x - mean) r^2 P / n); dGamma = sum of r P; dBeta = sum of S.
 */
function batchNormGradient({
  backend,
  inputs: { dy, x, mean, variance, gamma },
  attributes: { groups, epsilon },
}: KernelCall<GradientInputs, BatchNormAttributes>): TensorInfo[] {
  const slices = slicesOf(x, groups);
  const { rows, channels, pieces } = slices;
  const [dx, dGamma, dBeta] = [x.shape, [channels], [channels]].map((shape) =>
    backend.allocateTensor(shape),
  ) as [Allocated, Allocated, Allocated];
  const [means, variances, scales] = [mean, variance, gamma].map((tensor) => floatsOf(backend, tensor)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const gradients = { gamma: new Float64Array(channels), beta: new Float64Array(channels) };
  backend.heap.withBlock(groups * channels * 16, (coefficients) => {
    const table = backend.heap.floats(coefficients, groups * channels * 4);
    for (let index = 0; index < groups * channels; index++) {
      const channel = index % channels;
      table[(index - channel) * 4 + channel] = means[index] as number;
    }
    const addresses = {
      x: backend.addressOf(x),
      y: dx.address,
      gradient: backend.addressOf(dy),
      coefficients,
    };
    withGradientSums(backend, dy, x, slices, addresses, (index, channel, sum, product) => {
      const inverse = 1 / Math.sqrt((variances[index] as number) + epsilon);
      const scale = (scales[channel] as number) * inverse;
      const at = (index - channel) * 4 + channel;
      table[at + channels] = scale;
      table[at + 2 * channels] = (-scale * inverse * inverse * product) / rows;
      table[at + 3 * channels] = (-scale * sum) / rows;
      gradients.gamma[channel] = (gradients.gamma[channel] as number) + inverse * product;
      gradients.beta[channel] = (gradients.beta[channel] as number) + sum;
    });
    const args = jobArguments(slices, { ...addresses, sums: 0 });
    backend.jobs.run(KernelId.BatchNormGradientApply, args, groups * pieces);
  });
  floatsOf(backend, dGamma.info).set(gradients.gamma);
  floatsOf(backend, dBeta.info).set(gradients.beta);
  return [dx.info, dGamma.info, dBeta.info];
}

type SumVisitor = (index: number, channel: number, sum: number, product: number) => void;

/** Visits the sums of dy and dy (x - mean): those that came with dy, or new ones. */
function withGradientSums(
  { heap, jobs }: SimdBackend,
  dy: TensorInfo,
  x: TensorInfo,
  slices: Slices,
  addresses: { x: number; y: number; gradient: number; coefficients: number },
  visit: SumVisitor,
): void {
  const { groups, pieces, channels } = slices;
  const known = gradientSums.get(dy.dataId);
  if (known && known.x === x.dataId && known.groups === groups) {
    const values = heap.doubles(known.sums, groups * known.pieces * channels * 2);
    visitSums({ ...slices, pieces: known.pieces }, values, visit);
    return;
  }
  heap.withBlock(groups * pieces * channels * 16, (sums) => {
    jobs.run(KernelId.BatchNormGradientSums, jobArguments(slices, { ...addresses, sums }), groups * pieces);
    visitSums(slices, heap.doubles(sums, groups * pieces * channels * 2), visit);
  });
}

function channelAffine({
  backend,
  inputs: { x, scale, shift },
}: KernelCall<{ x: TensorInfo; scale: TensorInfo; shift: TensorInfo }, ChannelAffineAttributes>): TensorInfo {
  const { rows, channels } = slicesOf(x, 1);
  const y = backend.allocateTensor(x.shape);
  const chunks = chunksFor(rows * channels, PIECE_VALUES);
  const addresses = [backend.addressOf(x), y.address, backend.addressOf(scale), backend.addressOf(shift)];
  backend.jobs.run(KernelId.ChannelAffine, [...addresses, rows, channels, chunks], chunks);
  return y.info;
}

export const batchNormKernels = [
  simdKernel(FUSED_KERNELS.batchNorm, batchNorm),
  simdKernel(FUSED_KERNELS.batchNormGradient, batchNormGradient),
  simdKernel(FUSED_KERNELS.channelAffine, channelAffine),
];

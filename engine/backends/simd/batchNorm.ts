import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type BatchNormAttributes, type ChannelAffineAttributes, FUSED_KERNELS } from '../fusedKernels';
import { chunksFor } from './jobRunner';
import { type KernelCall, simdKernel } from './kernelConfig';
import { KernelId } from './kernels/kernelIds';
import type { SimdBackend } from './simdBackend';

/** Values of a slice that are worth a chunk. */
const PIECE_VALUES = 32768;

/** The sizes of one BatchNorm: x has groups * rows rows of `channels` values, each group cut into `pieces`. */
interface Slices {
  readonly groups: number;
  readonly rows: number;
  readonly channels: number;
  readonly pieces: number;
}

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

/** Temporary blocks for the sums (float64) and the coefficients (float32) of all slices. */
function withBlocks<T>(
  { heap }: SimdBackend,
  { groups, channels, pieces }: Slices,
  use: (sums: number, coefficients: number) => T,
): T {
  return heap.withBlock(groups * pieces * channels * 16, (sums) =>
    heap.withBlock(groups * channels * 16, (coefficients) => use(sums, coefficients)),
  );
}

function floatsOf(backend: SimdBackend, tensor: TensorInfo): Float32Array {
  return backend.data.get(tensor.dataId).values as Float32Array;
}

type ForwardInputs = { x: TensorInfo; gamma: TensorInfo; beta: TensorInfo };

function batchNorm({
  backend,
  inputs: { x, gamma, beta },
  attributes: { groups, epsilon },
}: KernelCall<ForwardInputs, BatchNormAttributes>): TensorInfo[] {
  const slices = slicesOf(x, groups);
  const { rows, channels, pieces } = slices;
  const [y, mean, variance] = [x.shape, [groups, channels], [groups, channels]].map((shape) =>
    backend.allocateTensor(shape),
  ) as [Allocated, Allocated, Allocated];
  const [means, variances] = [floatsOf(backend, mean.info), floatsOf(backend, variance.info)];
  const [scales, shifts] = [floatsOf(backend, gamma), floatsOf(backend, beta)];
  withBlocks(backend, slices, (sums, coefficients) => {
    const args = jobArguments(slices, { x: backend.addressOf(x), y: y.address, sums, coefficients });
    backend.jobs.run(KernelId.BatchNormSums, args, groups * pieces);
    const table = backend.heap.floats(coefficients, groups * channels * 4);
    const totals = backend.heap.doubles(sums, groups * pieces * channels * 2);
    visitSums(slices, totals, (index, channel, sum, squares) => {
      const average = sum / rows;
      const spread = Math.max(0, squares / rows - average * average);
      means[index] = average;
      variances[index] = spread;
      const at = (index - channel) * 4 + channel;
      table[at] = average;
      table[at + channels] = (scales[channel] as number) / Math.sqrt(spread + epsilon);
      table[at + 2 * channels] = shifts[channel] as number;
    });
    backend.jobs.run(KernelId.BatchNormNormalise, args, groups * pieces);
  });
  return [y.info, mean.info, variance.info];
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
  withBlocks(backend, slices, (sums, coefficients) => {
    const table = backend.heap.floats(coefficients, groups * channels * 4);
    for (let index = 0; index < groups * channels; index++) {
      const channel = index % channels;
      table[(index - channel) * 4 + channel] = means[index] as number;
    }
    const args = jobArguments(slices, {
      x: backend.addressOf(x),
      y: dx.address,
      gradient: backend.addressOf(dy),
      sums,
      coefficients,
    });
    backend.jobs.run(KernelId.BatchNormGradientSums, args, groups * pieces);
    const totals = backend.heap.doubles(sums, groups * pieces * channels * 2);
    visitSums(slices, totals, (index, channel, sum, product) => {
      const inverse = 1 / Math.sqrt((variances[index] as number) + epsilon);
      const scale = (scales[channel] as number) * inverse;
      const at = (index - channel) * 4 + channel;
      table[at + channels] = scale;
      table[at + 2 * channels] = (-scale * inverse * inverse * product) / rows;
      table[at + 3 * channels] = (-scale * sum) / rows;
      gradients.gamma[channel] = (gradients.gamma[channel] as number) + inverse * product;
      gradients.beta[channel] = (gradients.beta[channel] as number) + sum;
    });
    backend.jobs.run(KernelId.BatchNormGradientApply, args, groups * pieces);
  });
  floatsOf(backend, dGamma.info).set(gradients.gamma);
  floatsOf(backend, dBeta.info).set(gradients.beta);
  return [dx.info, dGamma.info, dBeta.info];
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

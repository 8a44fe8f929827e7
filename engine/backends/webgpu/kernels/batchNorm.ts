import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import {
  type BatchNormAttributes,
  FUSED_KERNELS,
  type RunningStatisticsAttributes,
} from '../../fusedKernels';
import {
  type BatchNormShape,
  batchNormGradientShader,
  gradientTableShader,
  pairGroups,
  runningStatisticsGroups,
  runningStatisticsShader,
  statisticsGroups,
  statisticsShader,
} from '../shaders/batchNorm.wgsl';
import { type ChannelSums, channelSumsGroups, channelSumsShader } from '../shaders/channelSums.wgsl';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { gpuKernel, type KernelCall, partOf, partsFor, requireEven } from './gpuKernel';

/** Rows of a group that are worth a piece, and the most pieces. */
const PIECE_ROWS = 256;
const MOST_PIECES = 128;

interface Floats {
  readonly format: 'f32' | 'f16';
  readonly buffer: GPUBuffer;
}

const bytesOf = ({ format }: Floats, values: number) => values * (format === 'f16' ? 2 : 4);

function slicesOf(x: TensorInfo, groups: number, epsilon: number): BatchNormShape {
  const channels = x.shape.at(-1) as number;
  requireEven(channels);
  const rows = util.sizeFromShape(x.shape) / (groups * channels);
  const pieces = Math.max(1, Math.min(MOST_PIECES, Math.floor(rows / PIECE_ROWS)));
  return { groups, rows, channels, pieces, epsilon };
}

const sumsBytes = ({ groups, pieces, channels }: BatchNormShape) => groups * pieces * channels * 2 * 4;
const keyOf = (shape: BatchNormShape) => Object.values(shape).join();

/** Sums over rows, in parts that can be bound. */
function sumChannels(
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

/** The statistics at once; y is normalised by whoever reads it (storage.ts). */
function batchNorm({
  backend,
  inputs: { x, gamma, beta },
  attributes: { groups, epsilon },
}: KernelCall<{ x: TensorInfo; gamma: TensorInfo; beta: TensorInfo }, BatchNormAttributes>): TensorInfo[] {
  const shape = slicesOf(x, groups, epsilon);
  const { channels } = shape;
  const values = backend.floatsOf(x);
  const [mean, variance] = [backend.createFloat([groups, channels]), backend.createFloat([groups, channels])];
  const coefficients = backend.acquire(groups * channels * 3 * 4);
  backend.withScratch(sumsBytes(shape), (sums) => {
    sumChannels(backend, shape, sums, values);
    finishStatistics(backend, shape, { sums, values, gamma, beta, mean, variance, coefficients });
  });
  const y = backend.createStored(x.shape, { kind: 'normalised', x, groups, coefficients });
  backend.holdFor(y, x);
  backend.onRelease(y, () => backend.release(coefficients));
  return [y, mean.info, variance.info];
}

function finishStatistics(
  backend: SpikeWebGpuBackend,
  shape: BatchNormShape,
  { sums, values, gamma, beta, mean, variance, coefficients }: StatisticsBuffers,
): void {
  const { groups, rows, channels } = shape;
  const size = groups * rows * channels;
  const bytes = bytesOf(values, size);
  const statistics = groups * channels * 4;
  const parts = partsFor(backend, groups, [bytes, sumsBytes(shape), statistics, 3 * statistics], size);
  const part: BatchNormShape = { ...shape, groups: groups / parts };
  for (let index = 0; index < parts; index++) {
    const cut = (buffer: GPUBuffer, size: number) =>
      parts > 1 ? partOf(buffer, size, parts, index) : buffer;
    backend.dispatch({
      label: 'statistics',
      key: `${keyOf(part)},${values.format}`,
      shader: () => statisticsShader(part, values.format),
      buffers: [
        cut(sums, sumsBytes(shape)),
        cut(values.buffer, bytes),
        backend.bufferOf(gamma),
        backend.bufferOf(beta),
        cut(mean.buffer, statistics),
        cut(variance.buffer, statistics),
        cut(coefficients, 3 * statistics),
      ],
      groups: statisticsGroups(part),
    });
  }
}

interface StatisticsBuffers {
  readonly sums: GPUBuffer;
  readonly values: Floats;
  readonly gamma: TensorInfo;
  readonly beta: TensorInfo;
  readonly mean: { readonly buffer: GPUBuffer };
  readonly variance: { readonly buffer: GPUBuffer };
  readonly coefficients: GPUBuffer;
}

type GradientInputs = {
  dy: TensorInfo;
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  gamma: TensorInfo;
};

/** Takes the sums that LIF's gradient left with dy, and dy's memory for dx where nobody else reads it. */
function batchNormGradient({
  backend,
  inputs: { dy, x, mean, variance, gamma },
  attributes: { groups, epsilon },
}: KernelCall<GradientInputs, BatchNormAttributes>): TensorInfo[] {
  const shape = slicesOf(x, groups, epsilon);
  const { rows, channels } = shape;
  const [input, gradient] = [backend.floatsOf(x), backend.floatsOf(dy)];
  const [dGamma, dBeta] = [backend.createFloat([channels]), backend.createFloat([channels])];
  const known = backend.gradientSums.get(dy.dataId);
  const isKnown = known?.x === x.dataId;
  const summed: BatchNormShape = { ...shape, pieces: isKnown ? known.pieces : shape.pieces };
  const sums = isKnown ? known.sums : backend.acquire(sumsBytes(summed));
  if (!isKnown) {
    sumChannels(backend, summed, sums, input, { dy: gradient, mean: backend.bufferOf(mean) });
  }
  const inPlace = gradient.format === 'f16' && backend.isLastUse(dy);
  const dx =
    (inPlace ? backend.takeOver(dy) : undefined) ?? backend.createActivation(x.shape, gradient.format);
  backend.withScratch(groups * channels * 4 * 4, (table) => {
    backend.dispatch({
      label: 'gradient table',
      key: keyOf(summed),
      shader: () => gradientTableShader(summed),
      buffers: [
        sums,
        ...[mean, variance, gamma].map((each) => backend.bufferOf(each)),
        table,
        dGamma.buffer,
        dBeta.buffer,
      ],
      groups: [channels, 1, 1],
    });
    const values = groups * rows * channels;
    const bytes = [bytesOf(input, values), bytesOf(gradient, values)] as const;
    const parts = partsFor(backend, groups, [...bytes, groups * channels * 16], values);
    const part: BatchNormShape = { ...shape, groups: groups / parts };
    const isInPlace = dx.buffer === gradient.buffer;
    const formats = { x: input.format, dy: gradient.format, inPlace: isInPlace };
    for (let index = 0; index < parts; index++) {
      const cut = (buffer: GPUBuffer, size: number) =>
        parts > 1 ? partOf(buffer, size, parts, index) : buffer;
      backend.dispatch({
        label: 'batch norm gradient',
        key: `${keyOf(part)},${Object.values(formats).join()}`,
        shader: () => batchNormGradientShader(part, formats),
        buffers: [
          cut(dx.buffer, bytes[1]),
          cut(input.buffer, bytes[0]),
          cut(table, groups * channels * 16),
          ...(isInPlace ? [] : [cut(gradient.buffer, bytes[1])]),
        ],
        groups: pairGroups(values / parts),
      });
    }
  });
  if (!isKnown) {
    backend.release(sums);
  }
  backend.freeTransient(dy);
  backend.freeActivation(x);
  return [backend.asTransient(dx.info), dGamma.info, dBeta.info];
}

type RunningInputs = Record<'runningMean' | 'runningVariance' | 'mean' | 'variance', TensorInfo>;

function runningStatistics({
  backend,
  inputs: { runningMean, runningVariance, mean, variance },
  attributes,
}: KernelCall<RunningInputs, RunningStatisticsAttributes>): TensorInfo[] {
  const [groups, channels] = mean.shape as [number, number];
  const updated = [backend.createFloat([channels]), backend.createFloat([channels])];
  backend.dispatch({
    label: 'running statistics',
    key: [groups, channels, attributes.momentum, attributes.unbiasing].join(),
    shader: () => runningStatisticsShader({ groups, channels }, attributes),
    buffers: [
      ...updated.map(({ buffer }) => buffer),
      ...[runningMean, runningVariance, mean, variance].map((each) => backend.bufferOf(each)),
    ],
    groups: runningStatisticsGroups(channels),
  });
  return updated.map(({ info }) => info);
}

export const batchNormKernels = [
  gpuKernel(FUSED_KERNELS.batchNorm, batchNorm),
  gpuKernel(FUSED_KERNELS.batchNormGradient, batchNormGradient),
  gpuKernel(FUSED_KERNELS.runningStatistics, runningStatistics),
];

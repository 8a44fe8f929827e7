import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  type BatchNormAttributes,
  FUSED_KERNELS,
  type RunningStatisticsAttributes,
} from '../../fusedKernels';
import {
  type BatchNormShape,
  finishGroups,
  runningStatisticsGroups,
  runningStatisticsShader,
  statisticsShader,
} from '../shaders/batchNorm.wgsl';
import { channelSumsPieces } from '../shaders/channelSums.wgsl';
import { NORM } from '../shaders/coefficients.wgsl';
import type { Floats } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { batchNormGradient } from './batchNormGradient';
import { bytesOf, keyOf, slicesOf, sumChannels, sumsBytes } from './channelSums';
import { gpuKernel, type KernelCall, partOf, partsFor } from './gpuKernel';

/** The statistics at once; y is normalised by whoever reads it (storage.ts). */
function batchNorm({
  backend,
  inputs: { x, gamma, beta },
  attributes: { groups, epsilon },
}: KernelCall<{ x: TensorInfo; gamma: TensorInfo; beta: TensorInfo }, BatchNormAttributes>): TensorInfo[] {
  const values = backend.floatsOf(x);
  const slices = slicesOf(x, groups);
  const { channels } = slices;
  const shape = { ...slices, pieces: channelSumsPieces({ ...slices, x: values.format }), epsilon };
  const [mean, variance] = [backend.createFloat([groups, channels]), backend.createFloat([groups, channels])];
  const coefficients = backend.acquire(groups * channels * NORM.length * 4);
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
      groups: finishGroups(part),
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

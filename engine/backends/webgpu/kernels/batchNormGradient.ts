import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BatchNormAttributes } from '../../fusedKernels';
import type { GpuTensor } from '../dispatch';
import {
  type BatchNormShape,
  batchNormGradientShader,
  finishGroups,
  gradientTableShader,
  pairGroups,
  parameterGradientGroups,
  parameterGradientShader,
} from '../shaders/batchNorm.wgsl';
import { channelSumsPieces } from '../shaders/channelSums.wgsl';
import { GRADIENT_TABLE } from '../shaders/coefficients.wgsl';
import type { Floats, NeuronGradientValues } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { bytesOf, keyOf, slicesOf, sumChannels, sumsBytes } from './channelSums';
import { activationFormat } from './convolutionSizes';
import { type KernelCall, partOf, partsFor } from './gpuKernel';

type GradientInputs = Record<'dy' | 'x' | 'mean' | 'variance' | 'gamma', TensorInfo>;

const tableBytes = ({ groups, channels }: BatchNormShape) => groups * channels * GRADIENT_TABLE.length * 4;

/** The table and the gradients of gamma and beta from the sums. */
function finishGradient(
  backend: SpikeWebGpuBackend,
  shape: BatchNormShape,
  { mean, variance, gamma }: GradientInputs,
  sums: GPUBuffer,
  table: GPUBuffer,
): TensorInfo[] {
  backend.dispatch({
    label: 'gradient table',
    key: keyOf(shape),
    shader: () => gradientTableShader(shape),
    buffers: [sums, ...[mean, variance, gamma].map((each) => backend.bufferOf(each)), table],
    groups: finishGroups(shape),
  });
  const [dGamma, dBeta] = [backend.createFloat([shape.channels]), backend.createFloat([shape.channels])];
  backend.dispatch({
    label: 'gradient of scale and shift',
    key: keyOf(shape),
    shader: () => parameterGradientShader(shape),
    buffers: [dGamma.buffer, dBeta.buffer, backend.bufferOf(variance), table],
    groups: parameterGradientGroups(shape),
  });
  return [dGamma.info, dBeta.info];
}

/** dx from dy by the table, in parts that can be bound; dy's memory is taken where nobody else reads it. */
function applyTable(
  backend: SpikeWebGpuBackend,
  shape: BatchNormShape,
  { dy, x }: GradientInputs,
  gradient: Floats,
  table: GPUBuffer,
): GpuTensor {
  const input = backend.floatsOf(x);
  const { groups, rows, channels } = shape;
  const values = groups * rows * channels;
  const isFree = gradient.format === 'f16' && backend.isUsedUp(dy);
  const dx =
    (isFree ? backend.takeOver(dy) : undefined) ?? backend.createActivation(x.shape, gradient.format);
  const inPlace = dx.buffer === gradient.buffer;
  const bytes = [bytesOf(input, values), bytesOf(gradient, values)] as const;
  const parts = partsFor(backend, groups, [...bytes, tableBytes(shape)], values);
  const part: BatchNormShape = { ...shape, groups: groups / parts };
  const formats = { x: input.format, dy: gradient.format, inPlace };
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
        cut(table, tableBytes(shape)),
        ...(inPlace ? [] : [cut(gradient.buffer, bytes[1])]),
      ],
      groups: pairGroups(values / parts),
    });
  }
  backend.freeActivation(x, dy);
  return dx;
}

/** By the sums that came with LIF's gradient, and on through that gradient, which is not stored. */
function throughNeurons(
  backend: SpikeWebGpuBackend,
  inputs: GradientInputs,
  { groups, epsilon }: BatchNormAttributes,
  gradient: NeuronGradientValues,
): TensorInfo[] {
  const { x, dy } = inputs;
  const shape = { ...slicesOf(x, groups), pieces: gradient.pieces, epsilon };
  return backend.withScratch(tableBytes(shape), (table) => {
    const parameters = finishGradient(backend, shape, inputs, gradient.sums, table);
    const format = activationFormat(backend, shape.channels);
    // The input's halves hold the gradient where that is halves, too.
    const taken = format === 'f16' ? backend.takeOverActivation(x, dy) : undefined;
    const dx = taken ?? backend.createActivation(x.shape, format);
    gradient.write({ format, buffer: dx.buffer }, table);
    return [dx.info, ...parameters];
  });
}

/** By sums over the values of dy. */
function throughValues(
  backend: SpikeWebGpuBackend,
  inputs: GradientInputs,
  { groups, epsilon }: BatchNormAttributes,
): TensorInfo[] {
  const { dy, x, mean } = inputs;
  const [input, gradient] = [backend.floatsOf(x), backend.floatsOf(dy)];
  const slices = { ...slicesOf(x, groups), x: input.format, gradient: gradient.format };
  const shape = { ...slicesOf(x, groups), pieces: channelSumsPieces(slices), epsilon };
  return backend.withScratch(tableBytes(shape), (table) => {
    const parameters = backend.withScratch(sumsBytes(shape), (sums) => {
      sumChannels(backend, shape, sums, input, { dy: gradient, mean: backend.bufferOf(mean) });
      return finishGradient(backend, shape, inputs, sums, table);
    });
    return [applyTable(backend, shape, inputs, gradient, table).info, ...parameters];
  });
}

/** Kernel FUSED_KERNELS.batchNormGradient. */
export function batchNormGradient({
  backend,
  inputs,
  attributes,
}: KernelCall<GradientInputs, BatchNormAttributes>): TensorInfo[] {
  const storage = backend.storageOf(inputs.dy);
  const isOfNeurons = storage?.kind === 'neuron gradient' && storage.x === inputs.x.dataId;
  const [dx, ...parameters] = isOfNeurons
    ? throughNeurons(backend, inputs, attributes, storage)
    : throughValues(backend, inputs, attributes);
  backend.freeTransient(inputs.dy);
  return [backend.asTransient(dx as TensorInfo), ...parameters];
}

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { FUSED_KERNELS, type TetLossAttributes } from '../../fusedKernels';
import {
  type LogitsShape,
  rowGroups,
  tetGradientShader,
  tetRowsShader,
  tetSumShader,
  tetWeightGradientShader,
} from '../shaders/tetLoss.wgsl';
import { gpuKernel, type KernelCall } from './gpuKernel';

type Inputs = Record<'logits' | 'oneHot' | 'crossEntropyWeights' | 'levelWeights', TensorInfo>;

function logitsShape({ shape }: TensorInfo): LogitsShape {
  const [steps, batch, classes] = shape as [number, number, number];
  return { steps, batch, classes };
}

const keyOf = (shape: LogitsShape, attributes: TetLossAttributes) =>
  [...Object.values(shape), ...Object.values(attributes)].join();

function tetLoss({ backend, inputs, attributes }: KernelCall<Inputs, TetLossAttributes>): TensorInfo[] {
  const { logits, oneHot, crossEntropyWeights, levelWeights } = inputs;
  const shape = logitsShape(logits);
  const [loss, perStep] = [backend.createFloat([]), backend.createFloat([2, shape.steps])];
  const key = keyOf(shape, attributes);
  backend.withScratch(shape.steps * shape.batch * 8, (rows) => {
    backend.dispatch({
      label: 'loss of samples',
      key,
      shader: () => tetRowsShader(shape, attributes),
      buffers: [rows, backend.bufferOf(logits), backend.bufferOf(oneHot)],
      groups: rowGroups(shape),
    });
    backend.dispatch({
      label: 'loss',
      key,
      shader: () => tetSumShader(shape, attributes),
      buffers: [
        loss.buffer,
        perStep.buffer,
        rows,
        backend.bufferOf(crossEntropyWeights),
        backend.bufferOf(levelWeights),
      ],
      groups: [1, 1, 1],
    });
  });
  return [loss.info, perStep.info];
}

function tetLossGradient({
  backend,
  inputs,
  attributes,
}: KernelCall<Inputs & { dLoss: TensorInfo }, TetLossAttributes>): TensorInfo {
  const { logits, oneHot, dLoss, crossEntropyWeights, levelWeights } = inputs;
  const shape = logitsShape(logits);
  const dLogits = backend.createFloat(logits.shape);
  backend.dispatch({
    label: 'loss gradient',
    key: keyOf(shape, attributes),
    shader: () => tetGradientShader(shape, attributes),
    buffers: [
      dLogits.buffer,
      ...[logits, oneHot, dLoss, crossEntropyWeights, levelWeights].map((each) => backend.bufferOf(each)),
    ],
    groups: rowGroups(shape),
  });
  return dLogits.info;
}

function tetLossWeightGradient({
  backend,
  inputs: { dLoss, perStep },
  attributes,
}: KernelCall<Record<'dLoss' | 'perStep', TensorInfo>, TetLossAttributes>): TensorInfo[] {
  const steps = perStep.shape[1] as number;
  const shape: LogitsShape = { steps, batch: 1, classes: 1 };
  const gradients = [backend.createFloat([steps]), backend.createFloat([steps])];
  backend.dispatch({
    label: 'step weight gradient',
    key: keyOf(shape, attributes),
    shader: () => tetWeightGradientShader(shape, attributes),
    buffers: [...gradients.map(({ buffer }) => buffer), backend.bufferOf(dLoss), backend.bufferOf(perStep)],
    groups: [Math.ceil(steps / 64), 1, 1],
  });
  return gradients.map(({ info }) => info);
}

export const tetLossKernels = [
  gpuKernel(FUSED_KERNELS.tetLoss, tetLoss),
  gpuKernel(FUSED_KERNELS.tetLossGradient, tetLossGradient),
  gpuKernel(FUSED_KERNELS.tetLossWeightGradient, tetLossWeightGradient),
];

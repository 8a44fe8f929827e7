import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  type AlignmentLossAttributes,
  type CentredAlignmentAttributes,
  FUSED_KERNELS,
} from '../../fusedKernels';
import {
  alignmentGradientGroups,
  alignmentLossGradientShader,
  alignmentLossShader,
  centredAlignmentGradientShader,
  centredAlignmentShader,
  type GramShape,
  momentsPerStep,
} from '../shaders/alignment.wgsl';
import { gpuKernel, type KernelCall } from './gpuKernel';

type Grams = Record<'k' | 'l', TensorInfo>;

function gramShape({ shape }: TensorInfo): GramShape {
  const [steps, batch] = shape as [number, number, number];
  return { steps, batch };
}

const keyOf = ({ steps, batch }: GramShape, epsilon: number) => `${steps},${batch},${epsilon}`;

function centredAlignment({
  backend,
  inputs: { k, l },
  attributes: { epsilon },
}: KernelCall<Grams, CentredAlignmentAttributes>): TensorInfo[] {
  const shape = gramShape(k);
  const { steps } = shape;
  const cka = backend.createFloat([steps]);
  const moments = backend.createFloat([steps, momentsPerStep(shape)]);
  backend.dispatch({
    label: 'CKA',
    key: keyOf(shape, epsilon),
    shader: () => centredAlignmentShader(shape, epsilon),
    buffers: [cka.buffer, moments.buffer, backend.bufferOf(k), backend.bufferOf(l)],
    groups: [steps, 1, 1],
  });
  return [cka.info, moments.info];
}

function centredAlignmentGradient({
  backend,
  inputs: { dCka, k, l, moments },
  attributes: { epsilon },
}: KernelCall<Grams & Record<'dCka' | 'moments', TensorInfo>, CentredAlignmentAttributes>): TensorInfo[] {
  const shape = gramShape(k);
  const gradients = [backend.createFloat(k.shape), backend.createFloat(l.shape)];
  backend.dispatch({
    label: 'CKA gradient',
    key: keyOf(shape, epsilon),
    shader: () => centredAlignmentGradientShader(shape, epsilon),
    buffers: [
      ...gradients.map(({ buffer }) => buffer),
      ...[dCka, k, l, moments].map((each) => backend.bufferOf(each)),
    ],
    groups: alignmentGradientGroups(shape),
  });
  return gradients.map(({ info }) => info);
}

type Steps = Record<'cka' | 'weights', TensorInfo>;

function alignmentLoss({
  backend,
  inputs: { cka, weights },
}: KernelCall<Steps, AlignmentLossAttributes>): TensorInfo {
  const steps = cka.shape[0] as number;
  const loss = backend.createFloat([]);
  backend.dispatch({
    label: 'alignment loss',
    key: String(steps),
    shader: () => alignmentLossShader(steps),
    buffers: [loss.buffer, backend.bufferOf(cka), backend.bufferOf(weights)],
    groups: [1, 1, 1],
  });
  return loss.info;
}

function alignmentLossGradient({
  backend,
  inputs: { dLoss, cka, weights },
}: KernelCall<Steps & { dLoss: TensorInfo }, AlignmentLossAttributes>): TensorInfo[] {
  const steps = cka.shape[0] as number;
  const gradients = [backend.createFloat([steps]), backend.createFloat([steps])];
  backend.dispatch({
    label: 'alignment loss gradient',
    key: String(steps),
    shader: () => alignmentLossGradientShader(steps),
    buffers: [
      ...gradients.map(({ buffer }) => buffer),
      ...[dLoss, cka, weights].map((each) => backend.bufferOf(each)),
    ],
    groups: [Math.ceil(steps / 64), 1, 1],
  });
  return gradients.map(({ info }) => info);
}

export const alignmentKernels = [
  gpuKernel(FUSED_KERNELS.centredAlignment, centredAlignment),
  gpuKernel(FUSED_KERNELS.centredAlignmentGradient, centredAlignmentGradient),
  gpuKernel(FUSED_KERNELS.alignmentLoss, alignmentLoss),
  gpuKernel(FUSED_KERNELS.alignmentLossGradient, alignmentLossGradient),
];

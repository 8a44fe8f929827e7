import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type AdamWAttributes, FUSED_KERNELS } from '../fusedKernels';
import { float32Bits } from './jobRunner';
import { type KernelCall, simdKernel } from './kernelConfig';
import { KernelId } from './kernels/kernelIds';

/** 32-bit words of an AdamWEntry in kernels/adamW.ts. */
const ENTRY_WORDS = 9;

interface AdamWInputs {
  readonly parameters: TensorInfo[];
  readonly gradients: TensorInfo[];
  readonly firstMoments: TensorInfo[];
  readonly secondMoments: TensorInfo[];
}

function sizeOf({ shape }: TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}

function adamW({ backend, inputs, attributes }: KernelCall<AdamWInputs, AdamWAttributes>): TensorInfo[] {
  const { learningRate, beta1, beta2, epsilon, weightDecays, step } = attributes;
  const { parameters } = inputs;
  const outputs = [0, 1, 2].map(() => parameters.map(({ shape }) => backend.allocateTensor(shape)));
  const sources = [parameters, inputs.gradients, inputs.firstMoments, inputs.secondMoments];
  const entries = parameters.flatMap((parameter, index) => [
    ...sources.map((tensors) => backend.addressOf(tensors[index] as TensorInfo)),
    ...outputs.map((tensors) => tensors[index]?.address as number),
    sizeOf(parameter),
    float32Bits(1 - learningRate * (weightDecays[index] as number)),
  ]);
  backend.heap.withBlock(entries.length * 4, (address) => {
    backend.heap.words(address, parameters.length * ENTRY_WORDS).set(entries);
    const factors = [learningRate / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step)];
    const constants = [beta1, beta2, 1 - beta1, 1 - beta2, epsilon, ...factors].map(float32Bits);
    backend.jobs.run(KernelId.AdamW, [address, ...constants], parameters.length);
  });
  return outputs.flatMap((tensors) => tensors.map(({ info }) => info));
}

export const adamWKernels = [simdKernel(FUSED_KERNELS.adamW, adamW)];

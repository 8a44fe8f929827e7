import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type AdamWAttributes, FUSED_KERNELS } from '../../fusedKernels';
import { type ADAMW_CONSTANTS, adamWShader, itemGroups, overflowShader } from '../shaders/filters.wgsl';
import { sizeOf } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { gpuKernel, type KernelCall } from './gpuKernel';

type Constants = Record<(typeof ADAMW_CONSTANTS)[number], number>;

type Inputs = Record<'parameters' | 'gradients' | 'firstMoments' | 'secondMoments', TensorInfo[]>;

function constantsOf(attributes: AdamWAttributes, weightDecay: number): Constants {
  const { learningRate, beta1, beta2, epsilon, step, gradientScale = 1 } = attributes;
  return {
    decay: 1 - learningRate * weightDecay,
    learningRate,
    beta1,
    beta2,
    firstCorrection: 1 - beta1 ** step,
    secondCorrection: 1 - beta2 ** step,
    epsilon,
    gradientScale,
  };
}

/**
 * Sets `flag` where a gradient is not finite; the flag's memory is cleared first. Only gradients of weights are looked
 * at: what overflows in a layer's halves reaches the weights of that layer.
 */
function flagOverflow(backend: SpikeWebGpuBackend, gradients: readonly TensorInfo[], flag: GPUBuffer): void {
  backend.clear(flag);
  for (const gradient of gradients.filter(({ shape }) => shape.length > 1)) {
    const items = sizeOf(gradient.shape);
    backend.dispatch({
      label: 'find overflow',
      key: String(items),
      shader: () => overflowShader(items),
      buffers: [flag, backend.bufferOf(gradient)],
      groups: itemGroups(items),
    });
  }
}

/** The constants followed by the flag: GPUs bind eight buffers at once for certain. */
function makeTable(backend: SpikeWebGpuBackend, constants: readonly number[], flag: GPUBuffer): TensorInfo {
  const values = Float32Array.from([...constants, 0, 0, 0, 0]);
  const table = backend.makeTensorInfo([values.length], 'float32', values);
  backend.copy(flag, backend.bufferOf(table), constants.length * 4, 4);
  return table;
}

function adamW({ backend, inputs, attributes }: KernelCall<Inputs, AdamWAttributes>): TensorInfo[] {
  const { parameters, gradients, firstMoments, secondMoments } = inputs;
  const outputs: TensorInfo[][] = [[], [], []];
  const constants = new Map<number, TensorInfo>();
  const flag = backend.createFloat([4]);
  flagOverflow(backend, gradients, flag.buffer);
  parameters.forEach((parameter, index) => {
    const weightDecay = attributes.weightDecays[index] as number;
    const known = constants.get(weightDecay);
    const values = Object.values(constantsOf(attributes, weightDecay));
    const table = known ?? makeTable(backend, values, flag.buffer);
    constants.set(weightDecay, table);
    const items = sizeOf(parameter.shape);
    const fresh = outputs.map(() => backend.createFloat(parameter.shape));
    const old = [
      parameter,
      gradients[index],
      firstMoments[index],
      secondMoments[index],
      table,
    ] as TensorInfo[];
    backend.dispatch({
      label: 'AdamW',
      key: String(items),
      shader: () => adamWShader(items),
      buffers: [...fresh.map(({ buffer }) => buffer), ...old.map((tensor) => backend.bufferOf(tensor))],
      groups: itemGroups(items),
    });
    fresh.forEach(({ info }, output) => {
      (outputs[output] as TensorInfo[]).push(info);
    });
  });
  for (const { dataId } of constants.values()) {
    backend.disposeData(dataId);
  }
  backend.noteOverflow(flag.info);
  return outputs.flat();
}

export const adamWKernels = [gpuKernel(FUSED_KERNELS.adamW, adamW)];

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type AdamWAttributes, FUSED_KERNELS } from '../../fusedKernels';
import type { GpuTensor } from '../dispatch';
import {
  ADAMW_BINDINGS,
  type ADAMW_CONSTANTS,
  ADAMW_SHARED_BINDINGS,
  adamWShader,
  overflowShader,
  tensorsGroups,
} from '../shaders/adamW.wgsl';
import { sizeOf } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { gpuKernel, type KernelCall } from './gpuKernel';

type Inputs = Record<'parameters' | 'gradients' | 'firstMoments' | 'secondMoments', TensorInfo[]>;

function constantsOf(attributes: AdamWAttributes): Record<(typeof ADAMW_CONSTANTS)[number], number> {
  const { learningRate, beta1, beta2, epsilon, step, gradientScale = 1 } = attributes;
  return {
    learningRate,
    beta1,
    beta2,
    firstShare: 1 - beta1,
    secondShare: 1 - beta2,
    firstCorrection: 1 - beta1 ** step,
    secondCorrection: 1 - beta2 ** step,
    epsilon,
    gradientScale,
  };
}

/** As few groups of at most `most` neighbours as there can be. */
function groupsOf<Item>(items: readonly Item[], most: number): Item[][] {
  const count = Math.ceil(items.length / most);
  return Array.from({ length: count }, (_, group) => items.slice(group * most, (group + 1) * most));
}

/** Buffers that one kernel may bind. */
const mostBindings = ({ device }: SpikeWebGpuBackend) => device.limits.maxStorageBuffersPerShaderStage;

/**
 * Sets `flag` where a gradient is not finite. Only gradients of weights are looked at: what overflows in a layer's
 * halves reaches the weights of that layer.
 */
function flagOverflow(backend: SpikeWebGpuBackend, gradients: readonly TensorInfo[], flag: TensorInfo): void {
  const weights = gradients.filter(({ shape }) => shape.length > 1);
  for (const group of groupsOf(weights, mostBindings(backend) - 1)) {
    const sizes = group.map(({ shape }) => sizeOf(shape));
    backend.dispatch({
      label: 'find overflow',
      key: sizes.join(),
      shader: () => overflowShader(sizes),
      buffers: [flag, ...group].map((tensor) => backend.bufferOf(tensor)),
      groups: tensorsGroups(sizes),
    });
  }
}

/** A parameter with its moments, to be changed in place. */
interface Slot {
  readonly size: number;
  /** Index among the different factors of decay. */
  readonly decay: number;
  /** Parameter, first and second moment. */
  readonly tensors: readonly GpuTensor[];
  readonly gradient: TensorInfo;
}

function update(
  backend: SpikeWebGpuBackend,
  slots: readonly Slot[],
  constants: TensorInfo,
  flag: TensorInfo,
): void {
  const perKernel = Math.floor((mostBindings(backend) - ADAMW_SHARED_BINDINGS) / ADAMW_BINDINGS);
  for (const group of groupsOf(slots, perKernel)) {
    const [sizes, decays] = [group.map(({ size }) => size), group.map(({ decay }) => decay)];
    backend.dispatch({
      label: 'AdamW',
      key: `${sizes.join()};${decays.join()}`,
      shader: () => adamWShader(sizes, decays),
      buffers: [
        backend.bufferOf(constants),
        backend.bufferOf(flag),
        ...group.flatMap(({ tensors, gradient }) => [
          ...tensors.map(({ buffer }) => buffer),
          backend.bufferOf(gradient),
        ]),
      ],
      groups: tensorsGroups(sizes),
    });
  }
}

function adamW({ backend, inputs, attributes }: KernelCall<Inputs, AdamWAttributes>): TensorInfo[] {
  const { parameters, gradients, firstMoments, secondMoments } = inputs;
  const { learningRate, weightDecays } = attributes;
  const decays = [...new Set(weightDecays)];
  const slots = parameters.map((parameter, index): Slot => {
    const tensors = [parameter, firstMoments[index]!, secondMoments[index]!];
    return {
      size: sizeOf(parameter.shape),
      decay: decays.indexOf(weightDecays[index]!),
      tensors: tensors.map((tensor) => backend.toBeChanged(tensor)),
      gradient: gradients[index]!,
    };
  });
  const factors = decays.map((weightDecay) => 1 - learningRate * weightDecay);
  const values = Float32Array.from([...Object.values(constantsOf(attributes)), ...factors]);
  const constants = backend.makeTensorInfo([values.length], 'float32', values);
  const flag = backend.makeTensorInfo([1], 'float32', new Float32Array(1));
  flagOverflow(backend, gradients, flag);
  update(backend, slots, constants, flag);
  backend.disposeData(constants.dataId);
  backend.noteOverflow(flag);
  return [0, 1, 2].flatMap((output) => slots.map(({ tensors }) => tensors[output]!.info));
}

export const adamWKernels = [gpuKernel(FUSED_KERNELS.adamW, adamW)];

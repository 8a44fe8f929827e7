import type { TensorInfo } from '@tensorflow/tfjs-core';
import { FUSED_KERNELS, type LifAttributes } from '../../fusedKernels';
import {
  type LifShape,
  lifBitsGroups,
  lifBitsShader,
  lifDenseGroups,
  lifDenseShader,
} from '../shaders/lif.wgsl';
import { neuronKey } from '../shaders/neuron.wgsl';
import { gpuKernel, type KernelCall, partOf, partsFor } from './gpuKernel';
import { lifGradient } from './lifGradient';
import { bytesPer, coefficientBytesOf, sourceOf, valuesOf } from './lifSource';

function lif({
  backend,
  inputs: { x },
  attributes,
}: KernelCall<{ x: TensorInfo }, LifAttributes>): TensorInfo | TensorInfo[] {
  const source = sourceOf(backend, x, attributes);
  const { shape, input } = source;
  const values = valuesOf(shape);
  const isPacked = shape.channels % 32 === 0;
  const spikes = isPacked ? backend.createPacked(x.shape, 'bits') : backend.createFloat(x.shape);
  const membrane = attributes.withMembrane ? backend.createFloat(x.shape) : undefined;
  const bytes = [
    values * bytesPer(input.format),
    isPacked ? values / 8 : values * 4,
    membrane ? values * 4 : 0,
  ];
  const coefficientBytes = coefficientBytesOf(shape);
  const parts = partsFor(backend, shape.streams, [...bytes, coefficientBytes], values);
  const part: LifShape = { ...shape, streams: shape.streams / parts };
  for (let index = 0; index < parts; index++) {
    const cut = (buffer: GPUBuffer, size: number) =>
      parts > 1 ? partOf(buffer, size, parts, index) : buffer;
    backend.dispatch({
      label: 'neurons',
      key: [
        isPacked,
        ...Object.values(part),
        ...Object.values(input),
        neuronKey(attributes),
        !!membrane,
      ].join(),
      shader: () => (isPacked ? lifBitsShader : lifDenseShader)(part, input, attributes, !!membrane),
      buffers: [
        cut(spikes.buffer, bytes[1] as number),
        cut(source.buffer, bytes[0] as number),
        ...(source.coefficients ? [cut(source.coefficients, coefficientBytes)] : []),
        ...(membrane ? [cut(membrane.buffer, bytes[2] as number)] : []),
      ],
      groups: isPacked ? lifBitsGroups(part, input) : lifDenseGroups(part),
    });
  }
  return membrane ? [spikes.info, membrane.info] : spikes.info;
}

export const lifKernels = [
  gpuKernel(FUSED_KERNELS.lif, lif),
  gpuKernel(FUSED_KERNELS.lifGradient, lifGradient),
];

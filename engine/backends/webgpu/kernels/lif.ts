import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { FUSED_KERNELS, type LifAttributes } from '../../fusedKernels';
import {
  forwardGroups,
  type LifGradient,
  type LifInput,
  type LifShape,
  lifBitsShader,
  lifDenseShader,
  lifGradientGroups,
  lifGradientShader,
  type SpikeGradient,
} from '../shaders/lif.wgsl';
import { neuronKey } from '../shaders/neuron.wgsl';
import type { SpreadValues } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { activationFormat } from './convolutionSizes';
import { gpuKernel, type KernelCall, partOf, partsFor, requireEven } from './gpuKernel';

/** A LIF's input as the shaders read it. */
interface Source {
  readonly shape: LifShape;
  readonly input: LifInput;
  readonly x: TensorInfo;
  readonly buffer: GPUBuffer;
  readonly coefficients?: GPUBuffer;
}

function sourceOf(backend: SpikeWebGpuBackend, x: TensorInfo, { streams, steps }: LifAttributes): Source {
  const channels = x.shape.at(-1) as number;
  const rows = util.sizeFromShape(x.shape) / (streams * steps * channels);
  const shape: LifShape = { streams, steps, rows, channels };
  const storage = backend.storageOf(x);
  // A reshaped tensor shares the values of its origin, whose slices and channels may be others.
  const isSliced = storage?.kind === 'normalised' && storage.groups === streams * steps;
  if (isSliced && storage.x.shape.at(-1) === channels) {
    const { format, buffer } = backend.floatsOf(storage.x);
    const { coefficients } = storage;
    return { shape, input: { format, normalised: true }, x: storage.x, buffer, coefficients };
  }
  const { format, buffer } = backend.floatsOf(x);
  return { shape, input: { format, normalised: false }, x, buffer };
}

const valuesOf = ({ streams, steps, rows, channels }: LifShape) => streams * steps * rows * channels;
const bytesPer = (format: 'f32' | 'f16') => (format === 'f16' ? 2 : 4);

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
  const coefficientBytes = shape.streams * shape.steps * shape.channels * 12;
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
      groups: forwardGroups(part, isPacked ? 8 : 1),
    });
  }
  return membrane ? [spikes.info, membrane.info] : spikes.info;
}

/** Whether a tensor has the shape over which its gradient is spread, or was reshaped since. */
function isSpreadShape(shape: readonly number[], { source, window }: SpreadValues): boolean {
  const [frames, height = 0, width = 0, channels] = shape;
  const pooled = [frames, Math.floor(height / window), Math.floor(width / window), channels];
  return shape.length === 4 && source.shape.join() === pooled.join();
}

/** How the gradient of the spikes is read: spread over pooling windows on the fly where it is kept so. */
function spikeGradientOf(
  backend: SpikeWebGpuBackend,
  dSpikes: TensorInfo,
): { spikes: SpikeGradient; buffer: GPUBuffer; values: number } {
  const storage = backend.storageOf(dSpikes);
  const values = util.sizeFromShape(dSpikes.shape);
  if (storage?.kind !== 'spread' || !isSpreadShape(dSpikes.shape, storage)) {
    const { format, buffer } = backend.floatsOf(dSpikes);
    return { spikes: { format }, buffer, values };
  }
  const { source, window } = storage;
  const [, height, width] = dSpikes.shape as [number, number, number, number];
  const [, pooledHeight, pooledWidth] = source.shape as [number, number, number, number];
  const { format, buffer } = backend.floatsOf(source);
  const spread = { window, height, width, pooledHeight, pooledWidth };
  return { spikes: { format, spread }, buffer, values: util.sizeFromShape(source.shape) };
}

/** Workgroups per stream that keep a large GPU busy. */
const BUSY_WORKGROUPS = 264;
const FEWEST_ROWS = 8;

function lifGradient({
  backend,
  inputs: { x, dSpikes, dMembrane },
  attributes,
}: KernelCall<{ x: TensorInfo; dSpikes: TensorInfo; dMembrane?: TensorInfo }, LifAttributes>): TensorInfo {
  const source = sourceOf(backend, x, attributes);
  const { shape, input } = source;
  const { streams, steps, rows, channels } = shape;
  requireEven(channels);
  const gradient = spikeGradientOf(backend, dSpikes);
  const output = activationFormat(backend, channels);
  const dx = backend.createActivation(x.shape, output);
  const pieces = Math.max(1, Math.min(BUSY_WORKGROUPS, Math.floor(rows / FEWEST_ROWS)));
  const sumsBytes = streams * steps * pieces * channels * 2 * 4;
  const sums = source.coefficients ? backend.acquire(sumsBytes) : undefined;
  const membrane = dMembrane ? backend.bufferOf(dMembrane) : undefined;
  const values = valuesOf(shape);
  const bytes = {
    x: values * bytesPer(input.format),
    dx: values * bytesPer(output),
    ds: gradient.values * bytesPer(gradient.spikes.format),
    dv: membrane ? values * 4 : 0,
    coefficients: streams * steps * channels * 12,
  };
  const parts = partsFor(backend, streams, [...Object.values(bytes), sumsBytes], values);
  const kernel: LifGradient = {
    shape: { ...shape, streams: streams / parts },
    input,
    neuron: attributes,
    spikes: gradient.spikes,
    membrane: membrane !== undefined,
    output,
    pieces,
  };
  const { neuron, ...rest } = kernel;
  for (let index = 0; index < parts; index++) {
    const cut = (buffer: GPUBuffer, size: number) =>
      parts > 1 ? partOf(buffer, size, parts, index) : buffer;
    backend.dispatch({
      label: 'neuron gradient',
      key: `${JSON.stringify(rest)},${neuronKey(neuron)}`,
      shader: () => lifGradientShader(kernel),
      buffers: [
        cut(dx.buffer, bytes.dx),
        cut(source.buffer, bytes.x),
        cut(gradient.buffer, bytes.ds),
        ...(source.coefficients && sums
          ? [cut(source.coefficients, bytes.coefficients), cut(sums, sumsBytes)]
          : []),
        ...(membrane ? [cut(membrane, bytes.dv)] : []),
      ],
      groups: lifGradientGroups(kernel),
    });
  }
  if (sums) {
    backend.gradientSums.set(dx.info.dataId, { x: source.x.dataId, sums, pieces });
    backend.onRelease(dx.info, () => backend.release(sums));
  }
  backend.freeTransient(dSpikes);
  return backend.asTransient(dx.info);
}

export const lifKernels = [
  gpuKernel(FUSED_KERNELS.lif, lif),
  gpuKernel(FUSED_KERNELS.lifGradient, lifGradient),
];

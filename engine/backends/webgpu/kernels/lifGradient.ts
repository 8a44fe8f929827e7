import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { LifAttributes } from '../../fusedKernels';
import { GRADIENT_TABLE } from '../shaders/coefficients.wgsl';
import {
  type GradientOutput,
  type LifGradient,
  lifGradientGroups,
  lifGradientPieces,
  lifGradientShader,
  lifGradientSumsGroups,
  lifGradientSumsShader,
  type SpikeGradient,
} from '../shaders/lifGradient.wgsl';
import { neuronKey } from '../shaders/neuron.wgsl';
import type { Floats, SpreadValues } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { activationFormat } from './convolutionSizes';
import { type KernelCall, type Part, partOf, partsFor, requireEven } from './gpuKernel';
import { bytesPer, coefficientBytesOf, type LifSource, sourceOf, valuesOf } from './lifSource';

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

type GradientInputs = { x: TensorInfo; dSpikes: TensorInfo; dMembrane?: TensorInfo };

/** Memory that a gradient reads or writes, and its bytes over all streams. */
interface Held {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

/** A gradient that can be computed, as often as its inputs live. */
interface Plan {
  readonly source: LifSource;
  readonly kernel: LifGradient;
  readonly ds: Held;
  readonly dMembrane?: Held;
}

function planOf(
  backend: SpikeWebGpuBackend,
  { x, dSpikes, dMembrane }: GradientInputs,
  attributes: LifAttributes,
): Plan {
  const source = sourceOf(backend, x, attributes);
  const { shape, input } = source;
  requireEven(shape.channels);
  const { spikes, buffer, values } = spikeGradientOf(backend, dSpikes);
  return {
    source,
    kernel: { shape, input, neuron: attributes, spikes, membrane: dMembrane !== undefined },
    ds: { buffer, bytes: values * bytesPer(spikes.format) },
    dMembrane: dMembrane && { buffer: backend.bufferOf(dMembrane), bytes: valuesOf(shape) * 4 },
  };
}

/** Runs a shader over all streams, cut into parts that can be bound. */
function runOverStreams(
  backend: SpikeWebGpuBackend,
  { kernel }: Plan,
  held: readonly (Held | undefined)[],
  run: {
    label: string;
    key: string;
    shader: (part: LifGradient) => string;
    groups: (part: LifGradient) => [number, number, number];
  },
): void {
  const bound = held.filter((each) => each !== undefined);
  const { shape, neuron, ...rest } = kernel;
  const parts = partsFor(
    backend,
    shape.streams,
    bound.map(({ bytes }) => bytes),
    valuesOf(shape),
  );
  const part: LifGradient = { ...kernel, shape: { ...shape, streams: shape.streams / parts } };
  for (let index = 0; index < parts; index++) {
    backend.dispatch({
      label: run.label,
      key: `${JSON.stringify([part.shape, rest])},${neuronKey(neuron)},${run.key}`,
      shader: () => run.shader(part),
      buffers: bound.map(({ buffer, bytes }): GPUBuffer | Part =>
        parts > 1 ? partOf(buffer, bytes, parts, index) : buffer,
      ),
      groups: run.groups(part),
    });
  }
}

/** What every shader of a gradient reads, in the order of their bindings. */
function inputsOf({ source, ds, dMembrane }: Plan, isInPlace: boolean): (Held | undefined)[] {
  const { shape, input, buffer, coefficients } = source;
  return [
    isInPlace ? undefined : { buffer, bytes: valuesOf(shape) * bytesPer(input.format) },
    ds,
    coefficients && { buffer: coefficients, bytes: coefficientBytesOf(shape) },
    dMembrane,
  ];
}

/** Writes the gradient, through the BatchNorm before it where a table of its gradient is given. */
function writeGradient(
  backend: SpikeWebGpuBackend,
  plan: Plan,
  { format, buffer }: Floats,
  table?: GPUBuffer,
): void {
  const { shape } = plan.source;
  const inPlace = buffer === plan.source.buffer;
  const output: GradientOutput = { format, throughNorm: table !== undefined, inPlace };
  const tableBytes = shape.streams * shape.steps * shape.channels * GRADIENT_TABLE.length * 4;
  const held = [
    { buffer, bytes: valuesOf(shape) * bytesPer(format) },
    ...inputsOf(plan, inPlace),
    table && { buffer: table, bytes: tableBytes },
  ];
  runOverStreams(backend, plan, held, {
    label: table ? 'neuron and batch norm gradient' : 'neuron gradient',
    key: JSON.stringify(output),
    shader: (kernel) => lifGradientShader(kernel, output),
    groups: lifGradientGroups,
  });
}

/** The sums that BatchNorm's gradient needs. */
function sumGradient(backend: SpikeWebGpuBackend, plan: Plan): GPUBuffer {
  const { streams, steps, channels } = plan.source.shape;
  const bytes = streams * steps * lifGradientPieces(plan.kernel) * channels * 2 * 4;
  const sums = backend.acquire(bytes);
  runOverStreams(backend, plan, [{ buffer: sums, bytes }, ...inputsOf(plan, false)], {
    label: 'sum neuron gradient',
    key: 'sums',
    shader: lifGradientSumsShader,
    groups: lifGradientSumsGroups,
  });
  return sums;
}

/** Behind a BatchNorm, only sums are made: its gradient asks for the rest. */
function deferredGradient(backend: SpikeWebGpuBackend, plan: Plan, inputs: GradientInputs): TensorInfo {
  const { x, dSpikes, dMembrane } = inputs;
  const sums = sumGradient(backend, plan);
  const dx = backend.createStored(x.shape, {
    kind: 'neuron gradient',
    x: plan.source.x.dataId,
    source: dSpikes,
    sums,
    pieces: lifGradientPieces(plan.kernel),
    write: (output, table) => writeGradient(backend, plan, output, table),
  });
  for (const each of [x, dSpikes, ...(dMembrane ? [dMembrane] : [])]) {
    backend.holdFor(dx, each);
  }
  backend.onRelease(dx, () => backend.release(sums));
  return dx;
}

/** Kernel FUSED_KERNELS.lifGradient. */
export function lifGradient({
  backend,
  inputs,
  attributes,
}: KernelCall<GradientInputs, LifAttributes>): TensorInfo {
  const plan = planOf(backend, inputs, attributes);
  if (plan.source.coefficients) {
    return backend.asTransient(deferredGradient(backend, plan, inputs));
  }
  const format = activationFormat(backend, plan.source.shape.channels);
  const dx = backend.createActivation(inputs.x.shape, format);
  writeGradient(backend, plan, { format, buffer: dx.buffer });
  backend.freeTransient(inputs.dSpikes);
  return backend.asTransient(dx.info);
}

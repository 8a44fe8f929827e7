import { convolvedShape } from './buildingBlocks';
import type { FeatureShape } from './layer';
import type { NamedLayer, NetworkDescription } from './networkDescription';

/** Least memory that training a network takes, in bytes. */
export interface MemoryEstimate {
  /** Weights, gradients and AdamW's two moments. */
  readonly parameters: number;
  /** What the backward pass keeps of one pair: all streams and time steps. */
  readonly perPair: number;
}

const FLOAT_BYTES = 4;
/** Weight, gradient, first and second moment. */
const COPIES_PER_PARAMETER = 4;
/** Input of BatchNorm and spikes (or ReLU); their gradients come and go. */
const KEPT_PER_NEURON = 2;

interface LayerCost {
  readonly output: FeatureShape;
  /** Weights of convolutions; BatchNorm is negligible. */
  readonly weights: number;
  /** Neurons, or ReLUs. */
  readonly neurons: number;
}

const sizeOf = ({ height, width, channels }: FeatureShape) => height * width * channels;

/** Layers whose activations the backward pass needs. */
const ACTIVATED: ReadonlySet<NamedLayer['type']> = new Set([
  'relu-convolution',
  'relu-residual-block',
  'spiking-convolution',
  'residual-block',
  'sew-block',
  'neurons',
]);

const POOLS: ReadonlySet<NamedLayer['type']> = new Set(['average-pool', 'max-pool']);

/** Where a layer keeps values for the backward pass, and how many weights it has. */
function costOf(layer: NamedLayer, input: FeatureShape): LayerCost {
  const neuronsOf = (...shapes: FeatureShape[]) =>
    ACTIVATED.has(layer.type) ? shapes.reduce((sum, shape) => sum + sizeOf(shape), 0) : 0;
  switch (layer.type) {
    case 'spiking-convolution':
    case 'relu-convolution':
    case 'convolution': {
      const output = convolvedShape(input, layer);
      const weights = layer.kernelSize ** 2 * input.channels * layer.channels;
      return { output, weights, neurons: neuronsOf(output) };
    }
    case 'residual-block':
    case 'sew-block':
    case 'relu-residual-block': {
      const output = convolvedShape(input, { ...layer, kernelSize: 3 });
      const weights = 9 * layer.channels * (input.channels + layer.channels);
      const first = layer.type === 'residual-block' ? input : output;
      return { output, weights, neurons: neuronsOf(first, output) };
    }
    case 'average-pool':
    case 'max-pool': {
      const along = (size: number) => Math.floor(size / layer.size);
      const output = { height: along(input.height), width: along(input.width), channels: input.channels };
      return { output, weights: 0, neurons: 0 };
    }
    case 'global-average-pool':
      return { output: { height: 1, width: 1, channels: input.channels }, weights: 0, neurons: 0 };
    case 'linear':
      return {
        output: { height: 1, width: 1, channels: layer.units },
        weights: sizeOf(input) * layer.units,
        neurons: 0,
      };
    case 'neurons':
    case 'batch-norm':
    case 'dropout':
    case 'flatten':
      return { output: input, weights: 0, neurons: neuronsOf(input) };
  }
}

/** The sizes of a training batch that memory depends on. */
export interface BatchSizes {
  readonly sizePixels: number;
  /** Streams in a batch. */
  readonly streams: number;
  /** T. */
  readonly steps: number;
  /** Outputs of each head. */
  readonly classes: number;
}

/** Costs of all layers in order. */
function costsOf({ layers, inputChannels }: NetworkDescription, sizePixels: number): LayerCost[] {
  let shape: FeatureShape = { height: sizePixels, width: sizePixels, channels: inputChannels };
  return layers.map((layer) => {
    const cost = costOf(layer, shape);
    shape = cost.output;
    return cost;
  });
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Bytes of weights, gradients and moments. */
function parameterBytes(
  { heads }: NetworkDescription,
  costs: readonly LayerCost[],
  { classes }: BatchSizes,
): number {
  const outputs = sumOf(heads.map(({ voters }) => voters?.count ?? 1));
  const features = sizeOf((costs.at(-1) as LayerCost).output);
  const weights = sumOf(costs.map((cost) => cost.weights)) + outputs * features * classes;
  return weights * COPIES_PER_PARAMETER * FLOAT_BYTES;
}

/** A lower bound with all values in float32, computed without making any variable. */
export function estimateMemory(network: NetworkDescription, sizes: BatchSizes): MemoryEstimate {
  const costs = costsOf(network, sizes.sizePixels);
  const neurons = sumOf(costs.map((cost) => cost.neurons));
  return {
    parameters: parameterBytes(network, costs, sizes),
    perPair: sizes.streams * sizes.steps * neurons * KEPT_PER_NEURON * FLOAT_BYTES,
  };
}

/**
 * A lower bound for a GPU, which keeps spikes of 32 channels as bits and, in f16, activations of 64 channels as halves
 * (backends/webgpu/storage.ts): inputs of BatchNorm, spikes, pools, and the largest layer's gradient twice.
 */
export function estimateGpuMemory(
  network: NetworkDescription,
  sizes: BatchSizes & { readonly precision: 'f32' | 'f16' },
): MemoryEstimate {
  const costs = costsOf(network, sizes.sizePixels);
  const valueBytes = (channels: number) =>
    sizes.precision === 'f16' && channels % 64 === 0 ? 2 : FLOAT_BYTES;
  const spikeBytes = (channels: number) => (channels % 32 === 0 ? 1 / 8 : FLOAT_BYTES);
  const kept = costs.map(({ output, neurons }, index) => {
    const { channels } = output;
    const pooled = POOLS.has((network.layers[index] as NamedLayer).type) ? sizeOf(output) : 0;
    return neurons * (valueBytes(channels) + spikeBytes(channels)) + pooled * valueBytes(channels);
  });
  const gradients = costs.map(({ output }) => sizeOf(output) * valueBytes(output.channels));
  return {
    parameters: parameterBytes(network, costs, sizes),
    perPair: sizes.streams * sizes.steps * (sumOf(kept) + 2 * Math.max(...gradients)),
  };
}

/** Tensors of one layer that are alive at once in evaluation: convolution, normalised, spikes. */
const ALIVE_IN_EVALUATION = 3;
const EVALUATION_BYTES = 2 ** 30;
const MOST_IN_EVALUATION = 100;

/**
 * Recordings per forward pass in evaluation, 1 to 100: as many as fit 1 GiB. The result does not depend on it.
 * @param steps T.
 */
export function evaluationBatch(
  network: NetworkDescription,
  { sizePixels, steps }: { sizePixels: number; steps: number },
): number {
  const sizes = costsOf(network, sizePixels).map(({ output }) => sizeOf(output));
  const largest = Math.max(sizePixels ** 2 * network.inputChannels, ...sizes);
  const perRecording = ALIVE_IN_EVALUATION * FLOAT_BYTES * steps * largest;
  return Math.min(MOST_IN_EVALUATION, Math.max(1, Math.floor(EVALUATION_BYTES / perRecording)));
}

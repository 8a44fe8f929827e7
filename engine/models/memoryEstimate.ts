import { convolvedShape } from './buildingBlocks';
import type { FeatureShape } from './layer';
import type { NamedLayer, NetworkDescription } from './networkDescription';

/** Least memory that training a network takes, in bytes of float32. */
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

/** Tensors of one layer that are alive at once in evaluation: convolution, normalised, spikes. */
const ALIVE_IN_EVALUATION = 3;
const EVALUATION_BYTES = 2 ** 30;
const MOST_IN_EVALUATION = 100;

/**
 * Recordings per forward pass in evaluation, 1 to 100: as many as fit 1 GiB. The result does not depend on it.
 * @param steps T.
 */
export function evaluationBatch(
  { layers, inputChannels }: NetworkDescription,
  { sizePixels, steps }: { sizePixels: number; steps: number },
): number {
  let shape: FeatureShape = { height: sizePixels, width: sizePixels, channels: inputChannels };
  let largest = sizeOf(shape);
  for (const layer of layers) {
    shape = costOf(layer, shape).output;
    largest = Math.max(largest, sizeOf(shape));
  }
  const perRecording = ALIVE_IN_EVALUATION * FLOAT_BYTES * steps * largest;
  return Math.min(MOST_IN_EVALUATION, Math.max(1, Math.floor(EVALUATION_BYTES / perRecording)));
}

/**
 * A lower bound, computed without making any variable.
 * @param streams in a batch. @param steps T. @param classes outputs of each head.
 */
export function estimateMemory(
  { layers, heads, inputChannels }: NetworkDescription,
  {
    sizePixels,
    streams,
    steps,
    classes,
  }: { sizePixels: number; streams: number; steps: number; classes: number },
): MemoryEstimate {
  let shape: FeatureShape = { height: sizePixels, width: sizePixels, channels: inputChannels };
  let weights = 0;
  let neurons = 0;
  for (const layer of layers) {
    const cost = costOf(layer, shape);
    shape = cost.output;
    weights += cost.weights;
    neurons += cost.neurons;
  }
  const outputs = heads.reduce((sum, { voters }) => sum + (voters?.count ?? 1), 0);
  weights += outputs * sizeOf(shape) * classes;
  return {
    parameters: weights * COPIES_PER_PARAMETER * FLOAT_BYTES,
    perPair: streams * steps * neurons * KEPT_PER_NEURON * FLOAT_BYTES,
  };
}

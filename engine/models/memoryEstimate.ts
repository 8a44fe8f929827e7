import { convolvedShape } from './buildingBlocks';
import type { FeatureShape } from './layer';
import { INPUT_CHANNELS, type NamedLayer, type NetworkDescription } from './networkDescription';

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
/** Input of BatchNorm and spikes; their gradients come and go. */
const KEPT_PER_NEURON = 2;

interface LayerCost {
  readonly output: FeatureShape;
  /** Weights of convolutions; BatchNorm is negligible. */
  readonly weights: number;
  /** Neurons of LIF layers. */
  readonly neurons: number;
}

const sizeOf = ({ height, width, channels }: FeatureShape) => height * width * channels;

function costOf(layer: NamedLayer, input: FeatureShape): LayerCost {
  switch (layer.type) {
    case 'spiking-convolution':
    case 'convolution': {
      const output = convolvedShape(input, layer.channels, layer.kernelSize, layer.stride);
      const neurons = layer.type === 'convolution' ? 0 : sizeOf(output);
      return { output, weights: layer.kernelSize ** 2 * input.channels * layer.channels, neurons };
    }
    case 'residual-block': {
      const output = convolvedShape(input, layer.channels, 3, layer.stride);
      const weights = 9 * layer.channels * (input.channels + layer.channels);
      return { output, weights, neurons: sizeOf(input) + sizeOf(output) };
    }
    case 'average-pool': {
      const along = (size: number) => Math.floor(size / layer.size);
      const output = { height: along(input.height), width: along(input.width), channels: input.channels };
      return { output, weights: 0, neurons: 0 };
    }
    case 'global-average-pool':
      return { output: { height: 1, width: 1, channels: input.channels }, weights: 0, neurons: 0 };
    case 'batch-norm':
      return { output: input, weights: 0, neurons: 0 };
  }
}

/**
 * A lower bound, computed without making any variable.
 * @param steps T. @param classes outputs of each head.
 */
export function estimateMemory(
  { layers, heads }: NetworkDescription,
  { sizePixels, steps, classes }: { sizePixels: number; steps: number; classes: number },
): MemoryEstimate {
  let shape: FeatureShape = { height: sizePixels, width: sizePixels, channels: INPUT_CHANNELS };
  let weights = 0;
  let neurons = 0;
  for (const layer of layers) {
    const cost = costOf(layer, shape);
    shape = cost.output;
    weights += cost.weights;
    neurons += cost.neurons;
  }
  weights += heads.length * sizeOf(shape) * classes;
  return {
    parameters: weights * COPIES_PER_PARAMETER * FLOAT_BYTES,
    perPair: heads.length * steps * neurons * KEPT_PER_NEURON * FLOAT_BYTES,
  };
}

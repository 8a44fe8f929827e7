import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '../datasets/random';
import { SpikeBridgeError } from '../errors';
import {
  convolvedShape,
  makeBatchNorm,
  makeConvolution,
  makeLinear,
  makeNeurons,
  type Transform,
} from './buildingBlocks';
import type { FeatureShape, Layer, LayerBuilder } from './layer';
import type { LayerOfType, NamedLayer } from './networkDescription';
import { preActivationBlock, reluBlock, sewBlock } from './residualBlocks';

function requireRoom(name: string, input: FeatureShape, output: FeatureShape): void {
  if (output.height < 1 || output.width < 1) {
    throw new SpikeBridgeError(
      'configuration',
      `network: ${name} leaves nothing of ${input.height} x ${input.width} pixels; nothing is left`,
      'Use a larger frames.sizePixels, or fewer pooling layers.',
    );
  }
}

function convolution(builder: LayerBuilder, layer: LayerOfType<'convolution'>, input: FeatureShape): Layer {
  const outputShape = convolvedShape(input, layer);
  requireRoom(layer.name, input, outputShape);
  return {
    name: layer.name,
    outputShape,
    forward: makeConvolution(builder, layer.name, input.channels, layer),
  };
}

/** Convolution, BatchNorm, then neurons or ReLU. */
function convolutionBlock(
  builder: LayerBuilder,
  layer: LayerOfType<'spiking-convolution' | 'relu-convolution'>,
  input: FeatureShape,
): Layer {
  const { name, channels, type } = layer;
  const convolve = makeConvolution(builder, `${name}.conv`, input.channels, layer);
  const normalise = makeBatchNorm(builder, `${name}.bn`, channels);
  const activate: Transform =
    type === 'spiking-convolution' ? makeNeurons(builder, `${name}.node`, name) : (x) => tf.relu(x);
  return {
    name,
    outputShape: convolvedShape(input, layer),
    forward: (x, context) => activate(normalise(convolve(x, context), context), context),
  };
}

function linear(builder: LayerBuilder, { name, units }: LayerOfType<'linear'>, input: FeatureShape): Layer {
  const map = makeLinear(builder, name, input, units);
  return {
    name,
    outputShape: { height: 1, width: 1, channels: units },
    forward: (x) => tf.reshape(map(x), [x.shape[0], 1, 1, units]),
  };
}

/** Inverted dropout, masks drawn anew at every time step, as the authors' networks do (methods.md 2.4). */
function dropout({ name, rate }: LayerOfType<'dropout'>, input: FeatureShape): Layer {
  return {
    name,
    outputShape: input,
    forward: (x, { training, randomSeed }) => {
      if (!training || rate === 0) {
        return x;
      }
      const seed = randomStream(randomSeed, 'dropout', name).below(2 ** 31);
      const mask = tf.greaterEqual(tf.randomUniform(x.shape, 0, 1, 'float32', seed), rate);
      return tf.mul(x, tf.mul(tf.cast(mask, 'float32'), 1 / (1 - rate)));
    },
  };
}

function pool({ name, size, type }: LayerOfType<'average-pool' | 'max-pool'>, input: FeatureShape): Layer {
  const outputShape = {
    height: Math.floor(input.height / size),
    width: Math.floor(input.width / size),
    channels: input.channels,
  };
  requireRoom(name, input, outputShape);
  return {
    name,
    outputShape,
    forward: (x) =>
      type === 'average-pool' ? tf.avgPool(x, size, size, 'valid') : tf.maxPool(x, size, size, 'valid'),
  };
}

function globalAveragePool({ name }: LayerOfType<'global-average-pool'>, input: FeatureShape): Layer {
  return {
    name,
    outputShape: { height: 1, width: 1, channels: input.channels },
    forward: (x) => tf.mean(x, [1, 2], true),
  };
}

/** Makes a layer and its variables for inputs of the given shape. */
export function makeLayer(builder: LayerBuilder, layer: NamedLayer, input: FeatureShape): Layer {
  const { name } = layer;
  switch (layer.type) {
    case 'spiking-convolution':
    case 'relu-convolution':
      return convolutionBlock(builder, layer, input);
    case 'convolution':
      return convolution(builder, layer, input);
    case 'neurons':
      return { name, outputShape: input, forward: makeNeurons(builder, name) };
    case 'residual-block':
      return preActivationBlock(builder, layer, input);
    case 'sew-block':
      return sewBlock(builder, layer, input);
    case 'relu-residual-block':
      return reluBlock(builder, layer, input);
    case 'batch-norm':
      return { name, outputShape: input, forward: makeBatchNorm(builder, name, input.channels) };
    case 'linear':
      return linear(builder, layer, input);
    case 'flatten':
      return { name, outputShape: input, forward: (x) => x };
    case 'dropout':
      return dropout(layer, input);
    case 'average-pool':
    case 'max-pool':
      return pool(layer, input);
    case 'global-average-pool':
      return globalAveragePool(layer, input);
  }
}

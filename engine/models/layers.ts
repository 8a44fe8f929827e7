import * as tf from '@tensorflow/tfjs-core';
import { SpikeBridgeError } from '../errors';
import { convolvedShape, makeBatchNorm, makeConvolution, makeLif } from './buildingBlocks';
import type { FeatureShape, Layer, LayerBuilder } from './layer';
import type { NamedLayer } from './networkDescription';

type Described<Type extends NamedLayer['type']> = Extract<NamedLayer, { type: Type }>;

function spikingConvolution(
  builder: LayerBuilder,
  layer: Described<'spiking-convolution'>,
  input: FeatureShape,
): Layer {
  const { name, channels, kernelSize, stride } = layer;
  const convolve = makeConvolution(builder, `${name}.conv`, input.channels, layer);
  const normalise = makeBatchNorm(builder, `${name}.bn`, channels);
  const fire = makeLif(builder.neuron, name);
  return {
    name,
    outputShape: convolvedShape(input, channels, kernelSize, stride),
    forward: (x, context) => fire(normalise(convolve(x, context), context), context),
  };
}

function convolution(builder: LayerBuilder, layer: Described<'convolution'>, input: FeatureShape): Layer {
  return {
    name: layer.name,
    outputShape: convolvedShape(input, layer.channels, layer.kernelSize, layer.stride),
    forward: makeConvolution(builder, layer.name, input.channels, layer),
  };
}

/** y = conv2(LIF2(BN2(conv1(LIF1(BN1(x)))))) + shortcut(x) (methods.md 2.2). */
function residualBlock(
  builder: LayerBuilder,
  layer: Described<'residual-block'>,
  input: FeatureShape,
): Layer {
  const { name, channels, stride } = layer;
  const part = (suffix: string) => `${name}.${suffix}`;
  const normalise1 = makeBatchNorm(builder, part('bn1'), input.channels);
  const fire1 = makeLif(builder.neuron, part('node1'));
  const convolve1 = makeConvolution(builder, part('conv1'), input.channels, {
    channels,
    kernelSize: 3,
    stride,
  });
  const normalise2 = makeBatchNorm(builder, part('bn2'), channels);
  const fire2 = makeLif(builder.neuron, part('node2'));
  const convolve2 = makeConvolution(builder, part('conv2'), channels, { channels, kernelSize: 3, stride: 1 });
  const changesShape = stride !== 1 || input.channels !== channels;
  const shortcut = changesShape ? shortcutConvolution(builder, name, input, { channels, stride }) : undefined;
  return {
    name,
    outputShape: convolvedShape(input, channels, 3, stride),
    forward: (x, context) => {
      const inner = convolve1(fire1(normalise1(x, context), context), context);
      const residual = convolve2(fire2(normalise2(inner, context), context), context);
      return tf.add(residual, shortcut ? shortcut(x, context) : x);
    },
  };
}

/** BN -> LIF -> 1x1 convolution of the raw input, where a residual block changes the shape. */
function shortcutConvolution(
  builder: LayerBuilder,
  block: string,
  input: FeatureShape,
  { channels, stride }: { channels: number; stride: number },
): Layer['forward'] {
  const normalise = makeBatchNorm(builder, `${block}.downsample.0`, input.channels);
  const fire = makeLif(builder.neuron, `${block}.downsample.1`);
  const convolve = makeConvolution(builder, `${block}.downsample.2`, input.channels, {
    channels,
    kernelSize: 1,
    stride,
  });
  return (x, context) => convolve(fire(normalise(x, context), context), context);
}

function averagePool({ name, size }: Described<'average-pool'>, input: FeatureShape): Layer {
  const height = Math.floor(input.height / size);
  const width = Math.floor(input.width / size);
  if (height < 1 || width < 1) {
    throw new SpikeBridgeError(
      'configuration',
      `network: ${name} pools ${input.height} x ${input.width} pixels by ${size}; nothing is left`,
      'Use a larger frames.sizePixels, or fewer pooling layers.',
    );
  }
  return {
    name,
    outputShape: { height, width, channels: input.channels },
    forward: (x) => tf.avgPool(x, size, size, 'valid'),
  };
}

function globalAveragePool({ name }: Described<'global-average-pool'>, input: FeatureShape): Layer {
  return {
    name,
    outputShape: { height: 1, width: 1, channels: input.channels },
    forward: (x) => tf.mean(x, [1, 2], true),
  };
}

/** Makes a layer and its variables for inputs of the given shape. */
export function makeLayer(builder: LayerBuilder, layer: NamedLayer, input: FeatureShape): Layer {
  switch (layer.type) {
    case 'spiking-convolution':
      return spikingConvolution(builder, layer, input);
    case 'convolution':
      return convolution(builder, layer, input);
    case 'residual-block':
      return residualBlock(builder, layer, input);
    case 'batch-norm':
      return {
        name: layer.name,
        outputShape: input,
        forward: makeBatchNorm(builder, layer.name, input.channels),
      };
    case 'average-pool':
      return averagePool(layer, input);
    case 'global-average-pool':
      return globalAveragePool(layer, input);
  }
}

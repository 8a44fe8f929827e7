import * as tf from '@tensorflow/tfjs-core';
import {
  convolvedShape,
  makeBatchNorm,
  makeConvolution,
  makeNeurons,
  type Transform,
} from './buildingBlocks';
import type { FeatureShape, Layer, LayerBuilder } from './layer';
import type { LayerOfType } from './networkDescription';
import { residualSum } from './residualSum';

type BlockType = 'residual-block' | 'sew-block' | 'relu-residual-block';

const changesShape = ({ channels, stride }: LayerOfType<BlockType>, input: FeatureShape) =>
  stride !== 1 || input.channels !== channels;

const inOrder =
  (...transforms: readonly Transform[]): Transform =>
  (x, context) =>
    transforms.reduce((activation, transform) => transform(activation, context), x);

const relu: Transform = (x) => tf.relu(x);
const identity: Transform = (x) => x;

/** The two 3 x 3 convolutions of every block; the first carries the stride. */
function convolutionsOf(
  builder: LayerBuilder,
  { name, channels, stride }: LayerOfType<BlockType>,
  input: FeatureShape,
): [() => Transform, () => Transform] {
  return [
    () => makeConvolution(builder, `${name}.conv1`, input.channels, { channels, kernelSize: 3, stride }),
    () => makeConvolution(builder, `${name}.conv2`, channels, { channels, kernelSize: 3, stride: 1 }),
  ];
}

function blockLayer(layer: LayerOfType<BlockType>, input: FeatureShape, forward: Layer['forward']): Layer {
  const { name, channels, stride } = layer;
  return { name, outputShape: convolvedShape(input, { channels, kernelSize: 3, stride }), forward };
}

/** y = conv2(LIF2(BN2(conv1(LIF1(BN1(x)))))) + shortcut(x), shortcut BN -> LIF -> 1x1 convolution (methods.md 2.2). */
export function preActivationBlock(
  builder: LayerBuilder,
  layer: LayerOfType<'residual-block'>,
  input: FeatureShape,
): Layer {
  const { name, channels, stride } = layer;
  const [convolve1, convolve2] = convolutionsOf(builder, layer, input);
  const residual = inOrder(
    makeBatchNorm(builder, `${name}.bn1`, input.channels),
    makeNeurons(builder, `${name}.node1`),
    convolve1(),
    makeBatchNorm(builder, `${name}.bn2`, channels),
    makeNeurons(builder, `${name}.node2`),
    convolve2(),
  );
  const shortcut = changesShape(layer, input)
    ? inOrder(
        makeBatchNorm(builder, `${name}.downsample.0`, input.channels),
        makeNeurons(builder, `${name}.downsample.1`),
        makeConvolution(builder, `${name}.downsample.2`, input.channels, { channels, kernelSize: 1, stride }),
      )
    : identity;
  return blockLayer(layer, input, (x, context) => residualSum(residual(x, context), shortcut(x, context)));
}

/** 1x1 convolution and BatchNorm, where a block changes the shape. */
function projection(builder: LayerBuilder, layer: LayerOfType<BlockType>, input: FeatureShape): Transform {
  const { name, channels, stride } = layer;
  const geometry = { channels, kernelSize: 1, stride };
  return inOrder(
    makeConvolution(builder, `${name}.downsample.0`, input.channels, geometry),
    makeBatchNorm(builder, `${name}.downsample.1`, channels),
  );
}

/**
 * Spike-element-wise block (Fang et al. 2021, SEW-ResNet, ADD): y = LIF2(BN2(conv2(LIF1(BN1(conv1(x)))))) + shortcut(x),
 * shortcut LIF(BN(1x1 convolution)). An addition of ours: the transfer methods have none.
 */
export function sewBlock(builder: LayerBuilder, layer: LayerOfType<'sew-block'>, input: FeatureShape): Layer {
  const { name, channels } = layer;
  const [convolve1, convolve2] = convolutionsOf(builder, layer, input);
  const residual = inOrder(
    convolve1(),
    makeBatchNorm(builder, `${name}.bn1`, channels),
    makeNeurons(builder, `${name}.node1`),
    convolve2(),
    makeBatchNorm(builder, `${name}.bn2`, channels),
    makeNeurons(builder, `${name}.node2`),
  );
  const shortcut = changesShape(layer, input)
    ? inOrder(projection(builder, layer, input), makeNeurons(builder, `${name}.downsample.2`))
    : identity;
  return blockLayer(layer, input, (x, context) => residualSum(residual(x, context), shortcut(x, context)));
}

/** The standard ANN block (He et al. 2016): y = ReLU(BN2(conv2(ReLU(BN1(conv1(x))))) + shortcut(x)). */
export function reluBlock(
  builder: LayerBuilder,
  layer: LayerOfType<'relu-residual-block'>,
  input: FeatureShape,
): Layer {
  const { name, channels } = layer;
  const [convolve1, convolve2] = convolutionsOf(builder, layer, input);
  const residual = inOrder(
    convolve1(),
    makeBatchNorm(builder, `${name}.bn1`, channels),
    relu,
    convolve2(),
    makeBatchNorm(builder, `${name}.bn2`, channels),
  );
  const shortcut = changesShape(layer, input) ? projection(builder, layer, input) : identity;
  return blockLayer(layer, input, (x, context) =>
    tf.relu(residualSum(residual(x, context), shortcut(x, context))),
  );
}

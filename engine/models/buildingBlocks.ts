import * as tf from '@tensorflow/tfjs-core';
import { integrateAndFire } from '../neurons/integrateAndFire';
import { lif } from '../neurons/lif';
import { decayParameter, parametricLif } from '../neurons/parametricLif';
import type { SpikeOptions, SpikeOutput } from '../neurons/spikeSequences';
import { batchNormInference, batchNormPerStep, updateRunningStatistics } from './batchNorm';
import { convolveSpikes } from './convolution';
import type { FeatureShape, ForwardContext, LayerBuilder } from './layer';
import { normalValues, uniformValues } from './parameterStore';

/** Convolution, linear map, BatchNorm and neurons with their variables: what layers are made of. */

export type Transform = (x: tf.Tensor4D, context: ForwardContext) => tf.Tensor4D;

/** Kernel, stride and zero padding of a convolution; the padding is half the kernel where absent. */
export interface ConvolutionGeometry {
  readonly channels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding?: number;
}

const paddingOf = ({ padding, kernelSize }: ConvolutionGeometry) => padding ?? kernelSize >> 1;

/** Shape after a convolution. */
export function convolvedShape(input: FeatureShape, geometry: ConvolutionGeometry): FeatureShape {
  const { channels, kernelSize, stride } = geometry;
  const along = (size: number) => Math.floor((size + 2 * paddingOf(geometry) - kernelSize) / stride) + 1;
  return { height: along(input.height), width: along(input.width), channels };
}

/** Start values of a convolution (methods.md 2.1 to 2.3). */
function convolutionValues(
  { initialisation, randomFor }: LayerBuilder,
  weightName: string,
  { taps, inputs, outputs }: { taps: number; inputs: number; outputs: number },
): Float32Array {
  const random = randomFor(weightName);
  const size = taps * inputs * outputs;
  switch (initialisation.convolution) {
    case 'pytorch-default':
      // Kaiming-uniform with a = sqrt(5), which is U(-1, 1) / sqrt(fan_in).
      return uniformValues(size, 1 / Math.sqrt(taps * inputs), random);
    case 'kaiming-normal-fan-out':
      return normalValues(size, Math.sqrt(2 / (taps * outputs)), random);
    case 'kaiming-normal-fan-in':
      return normalValues(size, Math.sqrt(2 / (taps * inputs)), random);
  }
}

/** A convolution without bias; its weight is `<name>.weight`. */
export function makeConvolution(
  builder: LayerBuilder,
  name: string,
  inputChannels: number,
  geometry: ConvolutionGeometry,
): Transform {
  const { channels, kernelSize, stride } = geometry;
  const weightName = `${name}.weight`;
  const sizes = { taps: kernelSize * kernelSize, inputs: inputChannels, outputs: channels };
  const values = convolutionValues(builder, weightName, sizes);
  const shape = [kernelSize, kernelSize, inputChannels, channels];
  const filter = builder.store.add(weightName, values, shape, { kind: 'convolution' });
  const options = { stride, padding: paddingOf(geometry) };
  return (x) => convolveSpikes(x, filter as tf.Tensor as tf.Tensor4D, options);
}

/** A linear map of all pixels and channels with bias: [N, H, W, C] -> [N, units]. */
export function makeLinear(
  builder: LayerBuilder,
  name: string,
  { height, width, channels }: FeatureShape,
  units: number,
): (x: tf.Tensor) => tf.Tensor2D {
  const { store, randomFor, initialisation } = builder;
  const inputs = height * width * channels;
  const bound = 1 / Math.sqrt(inputs);
  const weightBound = initialisation.linear === 'pytorch-default' ? bound : initialisation.linear;
  const [weightName, biasName] = [`${name}.weight`, `${name}.bias`];
  const layout = { kind: 'linear', height, width, channels } as const;
  const weights = uniformValues(inputs * units, weightBound, randomFor(weightName));
  const kernel = store.add(weightName, weights, [inputs, units], layout) as tf.Tensor as tf.Tensor2D;
  const biases = uniformValues(units, bound, randomFor(biasName));
  const bias = store.add(biasName, biases, [units], { kind: 'vector' });
  return (x) => tf.add(tf.matMul(tf.reshape(x, [x.size / inputs, inputs]), kernel), bias);
}

/** BatchNorm with statistics per stream and time step; variables under `<name>.` as in PyTorch. */
export function makeBatchNorm(builder: LayerBuilder, name: string, channels: number): Transform {
  const vector = (suffix: string, start: number, trainable: boolean) =>
    builder.store.add(
      `${name}.${suffix}`,
      new Float32Array(channels).fill(start),
      [channels],
      { kind: 'vector' },
      { trainable },
    );
  const gamma = vector('weight', 1, true) as tf.Tensor as tf.Tensor1D;
  const beta = vector('bias', 0, true) as tf.Tensor as tf.Tensor1D;
  const runningMean = vector('running_mean', 0, false);
  const runningVariance = vector('running_var', 1, false);
  const running = (variable: tf.Variable) => variable as tf.Tensor as tf.Tensor1D;
  return (x, { streams, steps, training }) => {
    if (!training) {
      return batchNormInference(x, gamma, beta, running(runningMean), running(runningVariance));
    }
    const groups = streams * steps;
    const { y, mean, variance } = batchNormPerStep(x, gamma, beta, groups);
    const values = x.size / (groups * channels);
    const before = { mean: running(runningMean), variance: running(runningVariance) };
    const updated = updateRunningStatistics(before, { mean, variance }, values);
    runningMean.assign(updated.mean);
    runningVariance.assign(updated.variance);
    return y;
  };
}

/** Spikes and membrane of the configured neuron model; PLIF has a variable `<node>.w`, as the authors call it. */
function neuronModel(
  { neuron, store }: LayerBuilder,
  node: string,
): (x: tf.Tensor4D, options: SpikeOptions) => SpikeOutput<tf.Tensor4D> {
  switch (neuron.type) {
    case 'lif':
      return (x, options) => lif(x, { ...options, tau: neuron.tau });
    case 'if':
      return integrateAndFire;
    case 'plif': {
      const start = Float32Array.of(decayParameter(neuron.tau));
      const w = store.add(`${node}.w`, start, [], { kind: 'vector' });
      return (x, options) => parametricLif(x, w as tf.Tensor as tf.Scalar, options);
    }
  }
}

/**
 * Neurons of a layer.
 * @param node the authors' name of the neurons. @param layer what firing rates and the membrane are reported under.
 */
export function makeNeurons(builder: LayerBuilder, node: string, layer = node): Transform {
  const { threshold, surrogate, alpha } = builder.neuron;
  const model = neuronModel(builder, node);
  return (x, { streams, steps, membraneOf, onSpikes, onMembrane }) => {
    const withMembrane = membraneOf === layer;
    const options = { streams, steps, threshold, surrogate: { name: surrogate, alpha }, withMembrane };
    const { spikes, membrane } = model(x, options);
    onSpikes(layer, spikes);
    if (membrane) {
      onMembrane(membrane);
    }
    return spikes;
  };
}

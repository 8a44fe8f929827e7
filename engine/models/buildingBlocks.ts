import * as tf from '@tensorflow/tfjs-core';
import { lif } from '../neurons/lif';
import type { NeuronConfiguration } from '../training/configurationSchema';
import { batchNormInference, batchNormPerStep, updateRunningStatistic } from './batchNorm';
import { convolveSpikes } from './convolution';
import type { FeatureShape, ForwardContext, LayerBuilder } from './layer';
import { normalValues, uniformValues } from './parameterStore';

/** Convolution, BatchNorm and LIF with their variables: what layers are made of. */

type Transform = (x: tf.Tensor4D, context: ForwardContext) => tf.Tensor4D;

/** Shape after a convolution with padding kernelSize >> 1. */
export function convolvedShape(
  input: FeatureShape,
  channels: number,
  kernelSize: number,
  stride: number,
): FeatureShape {
  const padding = kernelSize >> 1;
  const along = (size: number) => Math.floor((size + 2 * padding - kernelSize) / stride) + 1;
  return { height: along(input.height), width: along(input.width), channels };
}

/** A convolution without bias; its weight is `<name>.weight`. */
export function makeConvolution(
  builder: LayerBuilder,
  name: string,
  inputChannels: number,
  { channels, kernelSize, stride }: { channels: number; kernelSize: number; stride: number },
): Transform {
  const weightName = `${name}.weight`;
  const random = builder.randomFor(weightName);
  const taps = kernelSize * kernelSize;
  const size = taps * inputChannels * channels;
  // PyTorch's default is Kaiming-uniform with a = sqrt(5), which is U(-1, 1) / sqrt(fan_in) (methods.md 2.1).
  const values =
    builder.initialisation === 'pytorch-default'
      ? uniformValues(size, 1 / Math.sqrt(taps * inputChannels), random)
      : normalValues(size, Math.sqrt(2 / (taps * channels)), random);
  const shape = [kernelSize, kernelSize, inputChannels, channels];
  const filter = builder.store.add(weightName, values, shape, { kind: 'convolution' });
  const options = { stride, padding: kernelSize >> 1 };
  return (x) => convolveSpikes(x, filter as tf.Tensor as tf.Tensor4D, options);
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
    // PyTorch normalises with the biased variance and keeps the unbiased one.
    const unbiased = tf.mul(variance, values / Math.max(values - 1, 1));
    runningMean.assign(updateRunningStatistic(running(runningMean), mean));
    runningVariance.assign(updateRunningStatistic(running(runningVariance), unbiased as tf.Tensor2D));
    return y;
  };
}

/** LIF neurons of a layer; they have no trained variables. */
export function makeLif(neuron: NeuronConfiguration, layer: string): Transform {
  const { tau, threshold, surrogate, alpha } = neuron;
  return (x, { streams, steps, membraneOf, onSpikes, onMembrane }) => {
    const withMembrane = membraneOf === layer;
    const options = { streams, steps, tau, threshold, surrogate: { name: surrogate, alpha }, withMembrane };
    const { spikes, membrane } = lif(x, options);
    onSpikes(layer, spikes);
    if (membrane) {
      onMembrane(membrane);
    }
    return spikes;
  };
}

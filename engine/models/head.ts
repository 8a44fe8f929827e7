import * as tf from '@tensorflow/tfjs-core';
import type { StreamName } from '../methods/methodPreset';
import { makeLinear, makeNeurons } from './buildingBlocks';
import type { FeatureShape, LayerBuilder } from './layer';
import type { HeadDescription } from './networkDescription';

/** A classifier with its variables made. */
export interface Head {
  readonly streams: readonly StreamName[];
  /** Logits of one stream: [T, B, D] -> [T, B, classes]. */
  read(features: tf.Tensor3D, training: boolean): tf.Tensor3D;
}

/** Makes the head of a backbone: a linear map, or spiking neurons of which each class's vote by their mean. */
export function makeHead(
  builder: LayerBuilder,
  { streams, parameterName, voters }: HeadDescription,
  input: FeatureShape,
  classes: number,
): Head {
  const count = voters?.count ?? 1;
  const units = count * classes;
  const map = makeLinear(builder, parameterName, input, units);
  if (!voters) {
    return { streams, read: (features) => tf.reshape(map(features), [...timeAndBatch(features), classes]) };
  }
  const fire = makeNeurons(builder, voters.node);
  return {
    streams,
    read(features, training) {
      const [steps, batch] = timeAndBatch(features);
      const context = { streams: 1, steps, training, randomSeed: 0, onSpikes() {}, onMembrane() {} };
      const spikes = fire(tf.reshape(map(features), [steps * batch, 1, 1, units]), context);
      return tf.mean(tf.reshape(spikes, [steps, batch, classes, count]), 3);
    },
  };
}

function timeAndBatch({ shape }: tf.Tensor3D): [number, number] {
  return [shape[0], shape[1]];
}

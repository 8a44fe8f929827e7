import type * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../datasets/random';
import type { NeuronConfiguration } from '../neurons/neuronSchema';
import type { Initialisation } from './networkDescription';
import type { ParameterStore } from './parameterStore';

/** Height, width and channels of one sample's activation. */
export interface FeatureShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** What a layer is told in a forward pass. */
export interface ForwardContext {
  /** Streams in the input, one after the other. */
  readonly streams: number;
  /** T. */
  readonly steps: number;
  /** Training: batch statistics, running statistics updated; otherwise running statistics are used. */
  readonly training: boolean;
  /** Decides the dropout masks of this pass. */
  readonly randomSeed: number;
  /** Name of the layer whose membrane potential is the alignment feature, if any. */
  readonly membraneOf?: string;
  /** Called with the spikes of every spiking layer, in network order. */
  onSpikes(layer: string, spikes: tf.Tensor4D): void;
  /** Called with the membrane potential after the reset of the layer `membraneOf`. */
  onMembrane(membrane: tf.Tensor4D): void;
}

/** A layer with its variables made. Inputs and outputs are [streams * steps * batch, H, W, C]. */
export interface Layer {
  readonly name: string;
  readonly outputShape: FeatureShape;
  forward(x: tf.Tensor4D, context: ForwardContext): tf.Tensor4D;
}

/** What layers need to make their variables. */
export interface LayerBuilder {
  readonly store: ParameterStore;
  readonly neuron: NeuronConfiguration;
  readonly initialisation: Initialisation;
  /** A random stream of its own for each variable. */
  randomFor(parameterName: string): RandomStream;
}

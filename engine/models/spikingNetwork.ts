import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '../datasets/random';
import type { StreamName } from '../methods/methodPreset';
import type { NeuronConfiguration } from '../neurons/neuronSchema';
import { spikeRates } from '../neurons/spikeRates';
import { type Head, makeHead } from './head';
import type { FeatureShape, ForwardContext, Layer, LayerBuilder } from './layer';
import { makeLayer } from './layers';
import { hasMembrane, type NetworkDescription } from './networkDescription';
import { ParameterStore } from './parameterStore';

/** What a network is made from. */
export interface NetworkOptions {
  readonly description: NetworkDescription;
  readonly neuron: NeuronConfiguration;
  /** Height and width of the input, in pixels. */
  readonly sizePixels: number;
  readonly classes: number;
  readonly seed: number;
}

/** How to run {@link SpikingNetwork.forward}. */
export interface ForwardOptions {
  /** Which head each stream of the input is read by, in stream order. */
  readonly streams: readonly StreamName[];
  /** T. */
  readonly steps: number;
  readonly training: boolean;
  /** Decides dropout masks in training. Default: 0. */
  readonly randomSeed?: number;
  /** Also return the alignment features. */
  readonly withFeatures?: boolean;
  /** Also return the backbone's output, averaged over its pixels. */
  readonly withPooled?: boolean;
  /** Also return firing rates. */
  readonly withFiringRates?: boolean;
}

/** Outputs of a forward pass; arrays are in stream order. */
export interface ForwardOutput {
  /** Logits [T, B, classes] per stream. */
  readonly logits: readonly tf.Tensor3D[];
  /** Alignment features [streams, T, B, D], D in H, W, C order; present with `withFeatures`. */
  readonly features?: tf.Tensor4D;
  /** Backbone output, mean over pixels [T, B, C] per stream; present with `withPooled`. */
  readonly pooled?: readonly tf.Tensor3D[];
  /** Mean spikes per neuron and time step [streams] by layer; present with `withFiringRates`. Kept from tidying. */
  readonly firingRates?: ReadonlyMap<string, tf.Tensor1D>;
}

/**
 * A network with its variables: shared backbone, one head per stream or one for all. A teacher is the same without
 * spikes, at one time step. Owns its variables.
 */
export class SpikingNetwork {
  readonly parameters = new ParameterStore();
  private readonly layers: Layer[] = [];
  private readonly heads: Head[];
  private readonly membraneLayer?: string;
  /** Shape of the last layer's output. */
  readonly outputShape: FeatureShape;

  constructor(readonly options: NetworkOptions) {
    const { description, neuron, sizePixels, classes, seed } = options;
    const builder: LayerBuilder = {
      store: this.parameters,
      neuron,
      initialisation: description.initialisation,
      randomFor: (parameterName) => randomStream(seed, 'weights', parameterName),
    };
    let shape: FeatureShape = { height: sizePixels, width: sizePixels, channels: description.inputChannels };
    for (const described of description.layers) {
      const layer = makeLayer(builder, described, shape);
      this.layers.push(layer);
      shape = layer.outputShape;
    }
    this.outputShape = shape;
    if (description.feature === 'membrane') {
      this.membraneLayer = description.layers.findLast(hasMembrane)?.name;
    }
    this.heads = description.heads.map((head) => makeHead(builder, head, this.outputShape, classes));
  }

  /**
   * Runs all streams and time steps through the backbone, layer by layer, then each stream through its head.
   * @param x [streams * T * B, H, W, inputChannels], ordered [stream, time step, sample].
   */
  forward(x: tf.Tensor4D, options: ForwardOptions): ForwardOutput {
    const { streams, steps, training, randomSeed = 0 } = options;
    const { withFeatures = false, withPooled = false, withFiringRates = false } = options;
    const firingRates = new Map<string, tf.Tensor1D>();
    let membrane: tf.Tensor4D | undefined;
    const context: ForwardContext = {
      streams: streams.length,
      steps,
      training,
      randomSeed,
      membraneOf: withFeatures ? this.membraneLayer : undefined,
      onSpikes: (layer, spikes) => {
        if (withFiringRates) {
          firingRates.set(layer, tf.keep(spikeRates(spikes, streams.length)));
        }
      },
      onMembrane: (potential) => {
        membrane = potential;
      },
    };
    const output = this.layers.reduce((activation, layer) => layer.forward(activation, context), x);
    const byStream = streamsOf(output, streams.length, steps);
    const outputs = splitStreams(byStream);
    return {
      logits: outputs.map((features, index) => this.headOf(streams[index]!)(features, training)),
      ...(withPooled && { pooled: outputs.map((features) => this.pool(features)) }),
      ...(withFeatures && { features: membrane ? streamsOf(membrane, streams.length, steps) : byStream }),
      ...(withFiringRates && { firingRates }),
    };
  }

  private headOf(stream: StreamName): Head['read'] {
    const head = this.heads.find(({ streams }) => streams.includes(stream));
    if (!head) {
      throw new Error(`this network has no head for the ${stream} stream`);
    }
    return head.read;
  }

  /** [T, B, H * W * C] -> [T, B, C]. */
  private pool(features: tf.Tensor3D): tf.Tensor3D {
    const { height, width, channels } = this.outputShape;
    const [steps, batch] = features.shape;
    return tf.mean(tf.reshape(features, [steps, batch, height * width, channels]), 2);
  }

  dispose(): void {
    this.parameters.dispose();
  }
}

/** [streams * T * B, H, W, C] -> [streams, T, B, H * W * C]. */
function streamsOf(tensor: tf.Tensor4D, streams: number, steps: number): tf.Tensor4D {
  const batch = tensor.shape[0] / (streams * steps);
  return tf.reshape(tensor, [streams, steps, batch, tensor.size / tensor.shape[0]]);
}

/** [streams, T, B, D] -> per stream [T, B, D]; the gradient of tf.unstack fails where there is only one. */
function splitStreams(tensor: tf.Tensor4D): tf.Tensor3D[] {
  return tensor.shape[0] === 1 ? [tf.squeeze(tensor, [0])] : (tf.unstack(tensor) as tf.Tensor3D[]);
}

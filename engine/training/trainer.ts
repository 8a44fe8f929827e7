import * as tf from '@tensorflow/tfjs-core';
import { fetchValues } from '../backends/fetchValues';
import type { StreamName } from '../methods/methodPreset';
import { alignmentWeight, type StreamOutputs, transferLoss } from '../methods/transferLoss';
import type { ForwardOutput, SpikingNetwork } from '../models/spikingNetwork';
import type { LossParts, StreamRates } from '../runs/metricsRecord';
import { AdamW } from './adamw';
import type {
  AlignmentConfiguration,
  LossConfiguration,
  MixerConfiguration,
  OptimizerConfiguration,
} from './configurationSchema';

/** What a trainer is made from. */
export interface TrainerOptions {
  readonly network: SpikingNetwork;
  /** Streams of every batch, in order. */
  readonly streams: readonly StreamName[];
  /** T. */
  readonly steps: number;
  readonly loss: LossConfiguration;
  readonly alignment: AlignmentConfiguration;
  readonly mixer: MixerConfiguration;
  readonly optimizer: Pick<OptimizerConfiguration, 'beta1' | 'beta2' | 'epsilon' | 'weightDecay'>;
}

/** One batch as the network sees it. */
export interface TrainingBatch {
  /** [streams * T * B, H, W, 2], ordered [stream, time step, sample]. */
  readonly input: Float32Array;
  /** Class per sample [B]. */
  readonly labels: Int32Array;
}

/** Figures of one training step, before the update. */
export interface StepMetrics {
  readonly loss: LossParts;
  readonly batchAccuracy: StreamRates;
  readonly cka?: readonly number[];
  readonly coefficients?: readonly number[];
  readonly firingRates: Readonly<Record<string, StreamRates>>;
}

/** Tensors a step wants to report; kept from tidying and disposed after reading. */
interface ReportedTensors {
  readonly losses: Partial<Record<keyof LossParts, tf.Tensor>>;
  readonly cka?: tf.Tensor1D;
  /** sigmoid(eta_t) [T]. */
  readonly coefficients?: tf.Tensor1D;
  /** Predicted class per sample [B] of each stream. */
  readonly predicted: readonly tf.Tensor1D[];
  readonly firingRates: ReadonlyMap<string, tf.Tensor1D>;
}

/** The coefficients' name in our variable map; checkpoints split it into coefficient.0, coefficient.1, ... */
export const COEFFICIENT_NAME = 'coefficient';

/** Takes training steps on a network. Owns the optimizer and the coefficients, not the network. */
export class Trainer {
  readonly optimizer: AdamW;
  /** eta_t [T] before the sigmoid; absent when not learned. */
  readonly coefficients?: tf.Variable;
  private readonly parameters: ReadonlyMap<string, tf.Variable>;
  private readonly kappa: number;

  constructor(private readonly options: TrainerOptions) {
    const { network, alignment, mixer, steps, optimizer } = options;
    if (alignment.kind === 'cka' && alignment.coefficients === 'learned') {
      this.coefficients = tf.tidy(() => tf.variable(tf.fill([steps], alignment.initialCoefficient)));
    }
    const parameters = network.parameters.trainable();
    if (this.coefficients) {
      parameters.set(COEFFICIENT_NAME, this.coefficients);
    }
    this.parameters = parameters;
    this.kappa = alignmentWeight(alignment, mixer);
    this.optimizer = new AdamW(parameters, optimizer);
  }

  /** Loss, gradients and figures of a batch; the caller disposes the gradients. Running statistics are updated. */
  async gradients(batch: TrainingBatch): Promise<{ gradients: tf.NamedTensorMap; metrics: StepMetrics }> {
    let reported: ReportedTensors | undefined;
    const lossOf = () => {
      const { total, tensors } = this.forwardLoss(batch);
      reported = tensors;
      return total;
    };
    const { value, grads } = tf.variableGrads(lossOf, [...this.parameters.values()]);
    value.dispose();
    const metrics = await this.readMetrics(reported!, batch.labels);
    return { gradients: grads, metrics };
  }

  /** One training step: forward, backward, AdamW. The update is skipped where the loss is not finite. */
  async step(batch: TrainingBatch, learningRate: number): Promise<StepMetrics> {
    const { gradients, metrics } = await this.gradients(batch);
    if (Number.isFinite(metrics.loss.total)) {
      this.optimizer.step(gradients, learningRate);
    }
    tf.dispose(gradients);
    return metrics;
  }

  private forwardLoss({ input, labels }: TrainingBatch): { total: tf.Scalar; tensors: ReportedTensors } {
    const { network, streams, steps, loss, alignment } = this.options;
    const { sizePixels, classes } = network.options;
    const rows = streams.length * steps * labels.length;
    const x = tf.tensor4d(input, [rows, sizePixels, sizePixels, input.length / (rows * sizePixels ** 2)]);
    const withFeatures = alignment.kind === 'cka' && streams.length > 1;
    const output = network.forward(x, {
      streams,
      steps,
      training: true,
      withFeatures,
      withFiringRates: true,
    });
    const oneHot = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), classes), 'float32') as tf.Tensor2D;
    const parts = transferLoss(
      outputsByStream(output, streams),
      oneHot,
      loss,
      this.kappa,
      this.coefficients as tf.Tensor1D | undefined,
    );
    const { cka, ...losses } = parts;
    return {
      total: parts.total,
      tensors: {
        losses: mapValues(losses, (scalar) => tf.keep(tf.clone(scalar))),
        cka: cka && tf.keep(tf.clone(cka)),
        coefficients: this.coefficients && tf.keep(tf.sigmoid(this.coefficients) as tf.Tensor1D),
        predicted: output.logits.map((logits) => tf.keep(predictions(logits))),
        firingRates: output.firingRates!,
      },
    };
  }

  private async readMetrics(
    { losses, cka, coefficients, predicted, firingRates }: ReportedTensors,
    labels: Int32Array,
  ): Promise<StepMetrics> {
    const { streams } = this.options;
    const scalars = Object.values(losses);
    const vectors = [cka, coefficients].filter((tensor) => tensor !== undefined);
    const tensors = [...scalars, ...vectors, ...predicted, ...firingRates.values()];
    await fetchValues(tensors);
    const number = (scalar: tf.Tensor | undefined) => scalar?.dataSync()[0];
    const byStream = (values: ArrayLike<number>) => ratesByStream(values, streams);
    const metrics: StepMetrics = {
      loss: mapValues(losses, (scalar) => number(scalar) as number) as unknown as LossParts,
      batchAccuracy: byStream(predicted.map((each) => accuracyOf(each.dataSync() as Int32Array, labels))),
      ...(cka && { cka: [...cka.dataSync()] }),
      ...(coefficients && { coefficients: [...coefficients.dataSync()] }),
      firingRates: Object.fromEntries(
        [...firingRates].map(([layer, rates]) => [layer, byStream(rates.dataSync())]),
      ),
    };
    tf.dispose(tensors);
    return metrics;
  }

  dispose(): void {
    this.optimizer.dispose();
    this.coefficients?.dispose();
  }
}

function outputsByStream({ logits, features }: ForwardOutput, streams: readonly StreamName[]): StreamOutputs {
  const event = streams.indexOf('event');
  const fromStatic = streams.indexOf('static');
  return {
    eventLogits: logits[event] as tf.Tensor3D,
    staticLogits: logits[fromStatic],
    eventFeatures: features?.[event],
    staticFeatures: features?.[fromStatic],
  };
}

function ratesByStream(values: ArrayLike<number>, streams: readonly StreamName[]): StreamRates {
  return Object.fromEntries(
    streams.map((stream, index) => [stream, values[index]]),
  ) as unknown as StreamRates;
}

function mapValues<Key extends string, From, To>(
  object: Partial<Record<Key, From>>,
  map: (value: From) => To,
): Partial<Record<Key, To>> {
  const entries = Object.entries(object) as [Key, From | undefined][];
  const present = entries.filter((entry): entry is [Key, From] => entry[1] !== undefined);
  return Object.fromEntries(present.map(([key, value]) => [key, map(value)])) as Partial<Record<Key, To>>;
}

/** Class with the largest mean logit over time steps (methods.md 4.6). @param logits [T, B, C]. @returns [B]. */
export function predictions(logits: tf.Tensor3D): tf.Tensor1D {
  return tf.tidy(() => tf.argMax(tf.mean(logits, 0), -1));
}

/** Share of equal entries, in [0, 1]. */
export function accuracyOf(predicted: Int32Array, labels: Int32Array): number {
  return predicted.filter((prediction, sample) => prediction === labels[sample]).length / labels.length;
}

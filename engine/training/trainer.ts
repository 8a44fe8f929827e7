import * as tf from '@tensorflow/tfjs-core';
import { stepSupport } from '../backends/stepSupport';
import { BatchMemory } from '../datasets/batchMemory';
import { alignmentWeight } from '../methods/alignmentLoss';
import { auxiliaryTargets } from '../methods/auxiliaryLoss';
import type { StreamName } from '../methods/methodPreset';
import type {
  AlignmentConfiguration,
  AuxiliaryConfiguration,
  DistillationConfiguration,
  LossConfiguration,
  MixerConfiguration,
  SemanticConfiguration,
} from '../methods/methodSchema';
import { learnsCoefficients, stepWeightsOf } from '../methods/stepWeights';
import { type LossSettings, type StreamOutputs, transferLoss } from '../methods/transferLoss';
import { AuxiliaryHeads } from '../models/auxiliaryHeads';
import { inputTensor, type NetworkInput } from '../models/networkInput';
import type { ForwardOutput, SpikingNetwork } from '../models/spikingNetwork';
import type { LossParts, StreamRates } from '../runs/metricsRecord';
import { AdamW } from './adamw';
import type { OptimizerConfiguration } from './configurationSchema';
import { type ReportedTensors, readStepMetrics, reportedTensors } from './stepMetrics';

/** What a trainer is made from; parts that a method does not have are absent. */
export interface TrainerOptions {
  readonly network: SpikingNetwork;
  /** Streams of every batch, in order. */
  readonly streams: readonly StreamName[];
  /** T. */
  readonly steps: number;
  readonly loss: LossConfiguration;
  readonly alignment: AlignmentConfiguration;
  readonly mixer: MixerConfiguration;
  readonly semantic?: SemanticConfiguration;
  readonly distillation?: DistillationConfiguration;
  readonly auxiliary?: AuxiliaryConfiguration;
  readonly optimizer: Pick<OptimizerConfiguration, 'beta1' | 'beta2' | 'epsilon' | 'weightDecay'>;
}

/** One batch as the network sees it. */
export interface TrainingBatch {
  /** [streams * T * B, H, W, channels], ordered [stream, time step, sample]. */
  readonly input: NetworkInput;
  /** Class per sample [B]. */
  readonly labels: Int32Array;
  /** First event frame of each static sequence [B], counted from 0; T where none is. Auxiliary heads need it. */
  readonly switchSteps?: Int32Array;
  /** Absent where no sample has another of a different class, or the weight is 0. */
  readonly semantic?: { readonly weight: number; readonly partners: Int32Array };
  /** The teacher's logits [B, C] and W of the iteration. */
  readonly distillation?: { readonly weight: number; readonly teacherLogits: Float32Array };
}

/** Figures of one training step, before the update. */
export interface StepMetrics {
  readonly loss: LossParts;
  readonly batchAccuracy: StreamRates;
  readonly cka?: readonly number[];
  readonly coefficients?: readonly number[];
  readonly firingRates: Readonly<Record<string, StreamRates>>;
}

/** The coefficients' name in our variable map; checkpoints split it into coefficient.0, coefficient.1, ... */
export const COEFFICIENT_NAME = 'coefficient';

/** Takes training steps on a network. Owns the optimizer, the coefficients and auxiliary heads, not the network. */
export class Trainer {
  readonly optimizer: AdamW;
  /** eta_t [T] before the sigmoid; absent when not learned. */
  readonly coefficients?: tf.Variable;
  readonly auxiliaryHeads?: AuxiliaryHeads;
  private readonly parameters: ReadonlyMap<string, tf.Variable>;
  private readonly kappa: number;
  private readonly memory = new BatchMemory();

  constructor(private readonly options: TrainerOptions) {
    const { network, alignment, auxiliary, mixer, steps, optimizer } = options;
    const parameters = network.parameters.trainable();
    if (learnsCoefficients(alignment)) {
      this.coefficients = tf.tidy(() => tf.variable(tf.fill([steps], alignment.initialCoefficient)));
      parameters.set(COEFFICIENT_NAME, this.coefficients);
    }
    if (auxiliary) {
      this.auxiliaryHeads = new AuxiliaryHeads(network.outputShape.channels, network.options.seed);
      for (const [name, variable] of this.auxiliaryHeads.parameters.trainable()) {
        parameters.set(name, variable);
      }
    }
    this.parameters = parameters;
    this.kappa = alignmentWeight(alignment, mixer);
    this.optimizer = new AdamW(parameters, optimizer);
  }

  /**
   * Loss, gradients and figures of a batch; the caller disposes the gradients, which are multiplied by `lossScale`.
   * Running statistics are updated.
   */
  async gradients(
    batch: TrainingBatch,
  ): Promise<{ gradients: tf.NamedTensorMap; lossScale: number; metrics: StepMetrics }> {
    const lossScale = stepSupport().lossScaling.scale;
    const { gradients, reported } = this.differentiate(batch, lossScale);
    return { gradients, lossScale, metrics: await this.readMetrics(reported, batch) };
  }

  /**
   * One training step: forward, backward, AdamW. The update is skipped where the loss is not finite. Where the backend
   * sees to that itself, everything is queued before anything is read.
   */
  async step(batch: TrainingBatch, learningRate: number): Promise<StepMetrics> {
    const { lossScaling, skipsOverflow } = stepSupport();
    const lossScale = lossScaling.scale;
    const { gradients, reported } = this.differentiate(batch, lossScale);
    const update = () => this.optimizer.step(gradients, learningRate, 1 / lossScale);
    if (skipsOverflow) {
      update();
      tf.dispose(gradients);
      return this.readMetrics(reported, batch);
    }
    const metrics = await this.readMetrics(reported, batch);
    if (Number.isFinite(metrics.loss.total)) {
      update();
    }
    tf.dispose(gradients);
    return metrics;
  }

  private readMetrics(reported: ReportedTensors, { labels }: TrainingBatch): Promise<StepMetrics> {
    return readStepMetrics(reported, this.options.streams, labels);
  }

  /** Gradients of lossScale times the loss, and what the step reports. */
  private differentiate(
    batch: TrainingBatch,
    lossScale: number,
  ): { gradients: tf.NamedTensorMap; reported: ReportedTensors } {
    let reported: ReportedTensors | undefined;
    const lossOf = () => {
      const { total, tensors } = this.forwardLoss(batch);
      reported = tensors;
      return lossScale === 1 ? total : (tf.mul(total, lossScale) as tf.Scalar);
    };
    const { value, grads } = tf.variableGrads(lossOf, [...this.parameters.values()]);
    value.dispose();
    return { gradients: grads, reported: reported! };
  }

  private forwardLoss(batch: TrainingBatch): { total: tf.Scalar; tensors: ReportedTensors } {
    const { network, streams, steps, alignment, semantic } = this.options;
    const { input, labels } = batch;
    const { sizePixels, classes } = network.options;
    const rows = streams.length * steps * labels.length;
    const x = inputTensor(input, { rows, size: sizePixels }, this.memory);
    const output = network.forward(x, {
      streams,
      steps,
      training: true,
      randomSeed: this.optimizer.steps,
      withFeatures: streams.length > 1 && (alignment.kind === 'cka' || semantic !== undefined),
      withPooled: this.auxiliaryHeads !== undefined,
      withFiringRates: true,
    });
    const oneHot = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), classes), 'float32') as tf.Tensor2D;
    const loss = transferLoss(this.outputsByStream(output), oneHot, this.settings(batch));
    const coefficients = this.coefficients && (tf.sigmoid(this.coefficients) as tf.Tensor1D);
    return { total: loss.total, tensors: reportedTensors(loss, output, coefficients) };
  }

  private outputsByStream({ logits, features, pooled }: ForwardOutput): StreamOutputs {
    const { streams } = this.options;
    const event = streams.indexOf('event');
    const fromStatic = streams.indexOf('static');
    return {
      eventLogits: logits[event],
      staticLogits: logits[fromStatic],
      features,
      ...(pooled && this.auxiliaryHeads?.forward(pooled[fromStatic]!)),
    };
  }

  private settings({ labels, switchSteps, semantic, distillation }: TrainingBatch): LossSettings {
    const { loss, alignment, steps } = this.options;
    const { semantic: semanticPart, distillation: distillationPart, auxiliary } = this.options;
    const { classes } = this.options.network.options;
    return {
      loss,
      kappa: this.kappa,
      stepWeights: stepWeightsOf(alignment, steps, this.coefficients as tf.Tensor1D | undefined),
      ...(semanticPart && semantic && { semantic: { ...semantic, margin: semanticPart.margin } }),
      ...(distillationPart &&
        distillation && {
          distillation: {
            weight: distillation.weight,
            configuration: distillationPart,
            teacherLogits: tf.tensor2d(distillation.teacherLogits, [labels.length, classes]),
          },
        }),
      ...(auxiliary &&
        switchSteps && {
          auxiliary: { configuration: auxiliary, targets: auxiliaryTargets(switchSteps, steps) },
        }),
    };
  }

  dispose(): void {
    this.optimizer.dispose();
    this.coefficients?.dispose();
    this.auxiliaryHeads?.dispose();
  }
}

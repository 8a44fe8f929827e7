import * as tf from '@tensorflow/tfjs-core';
import { fetchValues } from '../backends/fetchValues';
import { linearCkaOfStreams } from '../methods/linearCka';
import { alignmentSchema, lossSchema, mixerSchema } from '../methods/methodSchema';
import type { FeatureShape } from '../models/layer';
import { describeNetwork } from '../models/networkDescription';
import type { NamedArray } from '../models/parameterStore';
import { SpikingNetwork } from '../models/spikingNetwork';
import { exportNamed, importCoefficients, weightArrays } from '../runs/checkpointTensors';
import type { StoredTensor } from '../runs/safetensors';
import { type StepMetrics, Trainer, type TrainingBatch } from '../training/trainer';
import { type GoldenCase, networkOfCase, neuronOfCase } from './goldenCase';

/** Worst deviation of one group of quantities from the golden values. */
export interface GroupDeviation {
  readonly group:
    | 'losses'
    | 'logits'
    | 'features'
    | 'cka'
    | 'running statistics'
    | 'gradients'
    | 'updated state'
    | 'evaluation logits';
  /** In the unit of the tolerance. */
  readonly worst: number;
  readonly tolerance: number;
  readonly unit: 'relative' | 'absolute' | "of the tensor's largest magnitude";
  /** Where the worst deviation is. */
  readonly where: string;
  /** Values compared. */
  readonly compared: number;
}

const STREAMS = ['static', 'event'] as const;

/** Golden tolerances (shared/golden/README.md). */
const LOSS_TOLERANCE = 1e-5;
/** With halves, spikes near the threshold flip: only the losses are judged. */
const HALF_LOSS_TOLERANCE = 1e-2;
const ACTIVATION_TOLERANCE = 1e-4;
const STATE_TOLERANCE = 1e-3;

/** Keeps the worst of many comparisons. A NaN is worse than anything. */
class Worst {
  private worst = 0;
  private where = '';
  private compared = 0;

  constructor(
    private readonly group: GroupDeviation['group'],
    private readonly unit: GroupDeviation['unit'],
    private readonly tolerance: number,
  ) {}

  add(name: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
    if (actual.length !== expected.length) {
      throw new Error(`${name}: ${actual.length} values against ${expected.length} golden ones`);
    }
    const magnitude = this.unit === 'absolute' ? 1 : largest(expected);
    for (let index = 0; index < expected.length; index++) {
      const deviation = Math.abs((actual[index] as number) - (expected[index] as number)) / magnitude;
      if (!(deviation <= this.worst)) {
        this.worst = Number.isNaN(deviation) ? Number.POSITIVE_INFINITY : deviation;
        this.where = name;
      }
    }
    this.compared += expected.length;
  }

  result(): GroupDeviation {
    const { group, worst, tolerance, unit, where, compared } = this;
    return { group, worst, tolerance, unit, where, compared };
  }
}

function largest(values: ArrayLike<number>): number {
  const magnitude = Array.prototype.reduce.call(
    values,
    (most, value) => Math.max(most as number, Math.abs(value as number)),
    0,
  );
  return (magnitude as number) || 1;
}

/** Whether a deviation is within its tolerance, and anything was compared at all. */
export function withinTolerance({ worst, tolerance, compared }: GroupDeviation): boolean {
  return compared > 0 && worst <= tolerance;
}

/** [T, B, H*W*C] as [T * B, C, H*W], the golden order. */
function inGoldenOrder(features: tf.Tensor3D, { height, width, channels }: FeatureShape): tf.Tensor3D {
  return tf.tidy(() => {
    const [steps, batch] = features.shape;
    const spatial = tf.reshape(features, [steps * batch, height * width, channels]);
    return tf.transpose(spatial, [0, 2, 1]) as tf.Tensor3D;
  });
}

/** A batch whose input is not packed. */
type DenseBatch = TrainingBatch & { readonly input: Float32Array };

/** Golden inputs [B, T, 2, S, S] of both streams as one [2 * T * B, S, S, 2]. */
async function batchOf({ description, tensors }: GoldenCase): Promise<DenseBatch> {
  const { batch, timeSteps, inputSize } = description;
  const stacked = tf.tidy(() => {
    const streams = STREAMS.map((stream) => {
      const values = tensorOf(tensors, `input/${stream}`).values;
      return tf.transpose(tf.tensor5d(values, [batch, timeSteps, 2, inputSize, inputSize]), [1, 0, 3, 4, 2]);
    });
    return tf.stack(streams);
  });
  const input = (await stacked.data()).slice() as Float32Array;
  stacked.dispose();
  return { input, labels: Int32Array.from(tensorOf(tensors, 'input/labels').values) };
}

function tensorOf(tensors: ReadonlyMap<string, StoredTensor>, name: string): StoredTensor {
  const tensor = tensors.get(name);
  if (!tensor) {
    throw new Error(`the golden case has no tensor ${name}`);
  }
  return tensor;
}

/** Golden tensors whose names start with `prefix`, without it. */
function withPrefix(tensors: ReadonlyMap<string, StoredTensor>, prefix: string): Map<string, NamedArray> {
  const matching = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(
    matching.map(([name, tensor]) => [
      name.slice(prefix.length),
      { ...tensor, name: name.slice(prefix.length) },
    ]),
  );
}

/** One golden case set up on the active backend. Owns a network and a trainer. */
class ParityRun {
  private readonly network: SpikingNetwork;
  private readonly trainer: Trainer;
  private readonly deviations: Worst[] = [];

  constructor(
    private readonly golden: GoldenCase,
    private readonly batch: DenseBatch,
  ) {
    const { description } = golden;
    const { loss, optimizer } = description;
    const [beta1, beta2] = optimizer.betas;
    this.network = new SpikingNetwork({
      description: describeNetwork(networkOfCase(golden), 2),
      neuron: neuronOfCase(golden),
      sizePixels: description.inputSize,
      classes: description.classes,
      seed: 0,
    });
    this.trainer = new Trainer({
      network: this.network,
      streams: STREAMS,
      steps: description.timeSteps,
      loss: lossSchema.parse({
        classification: loss.tet ? 'tet' : 'mean-logits',
        tetLambda: loss.tetLambda,
        tetTarget: loss.tetTarget,
        labelSmoothing: loss.smoothing,
      }),
      alignment: alignmentSchema.parse({
        kind: 'cka',
        weight: loss.alignment ? loss.kappa : 0,
        coefficients: loss.regularization ? 'learned' : 'none',
      }),
      mixer: mixerSchema.parse({ kind: 'none' }),
      optimizer: { beta1, beta2, epsilon: optimizer.eps, weightDecay: optimizer.weightDecay },
    });
    this.loadInitialState();
  }

  private group(name: GroupDeviation['group'], unit: GroupDeviation['unit'], tolerance: number): Worst {
    const worst = new Worst(name, unit, tolerance);
    this.deviations.push(worst);
    return worst;
  }

  private loadInitialState(): void {
    const state = withPrefix(this.golden.tensors, 'state/');
    const missing = this.network.parameters.import(state);
    if (missing.length > 0) {
      throw new Error(`the golden state lacks ${missing.join(', ')}`);
    }
    if (this.trainer.coefficients && !importCoefficients(state, this.trainer.coefficients)) {
      throw new Error('the golden state lacks coefficients');
    }
  }

  private expected(name: string): Float32Array {
    return tensorOf(this.golden.tensors, `expect/${name}`).values;
  }

  /** Compares our arrays with the golden ones under a prefix. */
  private compareArrays(worst: Worst, arrays: readonly NamedArray[], prefix: string): void {
    const expected = withPrefix(this.golden.tensors, prefix);
    for (const { name, values } of arrays) {
      const golden = expected.get(name);
      if (golden) {
        worst.add(name, values, golden.values);
      }
    }
  }

  /** The first forward pass in training mode: logits, features, CKA, running statistics. */
  async compareForward(): Promise<void> {
    const { timeSteps } = this.golden.description;
    const logits = this.group('logits', 'absolute', ACTIVATION_TOLERANCE);
    const features = this.group('features', 'absolute', ACTIVATION_TOLERANCE);
    const cka = this.group('cka', 'absolute', ACTIVATION_TOLERANCE);
    const computed = tf.tidy(() => {
      const output = this.forward(STREAMS, this.batch.input, { training: true, steps: timeSteps });
      return {
        logits: [...output.logits],
        features: tf
          .unstack(output.features!)
          .map((feature) => inGoldenOrder(feature as tf.Tensor3D, this.featureShape(feature as tf.Tensor3D))),
        cka: linearCkaOfStreams(output.features!),
      };
    });
    await fetchValues([...computed.logits, ...computed.features, computed.cka]);
    STREAMS.forEach((stream, index) => {
      for (const [worst, name, tensor] of [
        [logits, `logits_${stream}`, computed.logits[index]!],
        [features, `feature_${stream}`, computed.features[index]!],
      ] as const) {
        worst.add(name, tensor.dataSync(), this.expected(name));
      }
    });
    cka.add('cka', computed.cka.dataSync(), this.expected('cka'));
    tf.dispose(computed);
    await fetchValues(this.network.parameters.tensors());
    this.compareStatistics();
    this.loadInitialState();
  }

  /** Networks without BatchNorm have none. */
  private compareStatistics(): void {
    const prefix = 'expect/buffer_after_forward/';
    if ([...this.golden.tensors.keys()].some((name) => name.startsWith(prefix))) {
      const worst = this.group('running statistics', "of the tensor's largest magnitude", STATE_TOLERANCE);
      this.compareArrays(worst, this.network.parameters.export(), prefix);
    }
  }

  private forward(
    streams: readonly ('static' | 'event')[],
    input: Float32Array,
    { training, steps }: { training: boolean; steps: number },
  ) {
    const { batch, inputSize } = this.golden.description;
    const x = tf.tensor4d(input, [streams.length * steps * batch, inputSize, inputSize, 2]);
    return this.network.forward(x, { streams, steps, training, withFeatures: training });
  }

  /** A membrane feature lies before the last pool: its height and width follow from its size. */
  private featureShape(features: tf.Tensor3D): FeatureShape {
    const { channels, height, width } = this.network.outputShape;
    const scale = Math.sqrt(features.shape[2] / (channels * height * width));
    return { channels, height: Math.round(height * scale), width: Math.round(width * scale) };
  }

  /** The training steps: losses, gradients of the first, state after the last. */
  async compareTraining(): Promise<void> {
    const { losses, steps, optimizer } = this.golden.description;
    const lossGroup = this.group('losses', 'relative', LOSS_TOLERANCE);
    const gradientGroup = this.group('gradients', "of the tensor's largest magnitude", STATE_TOLERANCE);
    for (let step = 0; step < steps; step++) {
      const { gradients, lossScale, metrics } = await this.trainer.gradients(this.batch);
      await fetchValues(Object.values(gradients));
      this.compareLosses(lossGroup, step, metrics, losses[step]!);
      if (step === 0) {
        this.compareArrays(gradientGroup, this.gradientArrays(gradients, lossScale), 'expect/grad/');
      }
      this.trainer.optimizer.step(gradients, optimizer.lr, 1 / lossScale);
      tf.dispose(gradients);
    }
    const state = this.group('updated state', "of the tensor's largest magnitude", STATE_TOLERANCE);
    this.compareArrays(state, await weightArrays(this.network, this.trainer), 'expect/state_after_2_steps/');
  }

  private compareLosses(
    worst: Worst,
    step: number,
    { loss }: StepMetrics,
    expected: Record<string, number>,
  ): void {
    for (const part of ['total', 'static', 'event', 'alignment'] as const) {
      worst.add(`step ${step + 1} ${part}`, [loss[part] as number], [expected[part] as number]);
    }
  }

  private gradientArrays(gradients: tf.NamedTensorMap, lossScale: number): NamedArray[] {
    const parameters = this.network.parameters.trainable();
    if (this.trainer.coefficients) {
      parameters.set('coefficient', this.trainer.coefficients);
    }
    return [...parameters].flatMap(([name, variable]) => {
      const gradient = gradients[variable.name];
      const arrays = gradient ? exportNamed(this.network, name, gradient) : [];
      return arrays.map((array) => ({ ...array, values: array.values.map((value) => value / lossScale) }));
    });
  }

  /** Event logits in evaluation mode with the final state. */
  async compareEvaluation(): Promise<void> {
    const { timeSteps } = this.golden.description;
    const group = this.group('evaluation logits', 'absolute', ACTIVATION_TOLERANCE);
    const eventInput = this.batch.input.subarray(this.batch.input.length / 2);
    const logits = tf.tidy(
      () => this.forward(['event'], eventInput, { training: false, steps: timeSteps }).logits[0]!,
    );
    group.add('eval_logits_event', await logits.data(), this.expected('eval_logits_event'));
    logits.dispose();
  }

  results(): GroupDeviation[] {
    return this.deviations.map((worst) => worst.result());
  }

  dispose(): void {
    this.trainer.dispose();
    this.network.dispose();
  }
}

/** With halves: losses within 1e-2, everything else only shown. */
function asHalfDeviation(deviation: GroupDeviation): GroupDeviation {
  const tolerance = deviation.group === 'losses' ? HALF_LOSS_TOLERANCE : Number.POSITIVE_INFINITY;
  return { ...deviation, tolerance };
}

/** Runs a golden case on the active tfjs backend; one entry per group of quantities. */
export async function runParity(
  golden: GoldenCase,
  precision: 'f32' | 'f16' = 'f32',
): Promise<GroupDeviation[]> {
  const run = new ParityRun(golden, await batchOf(golden));
  try {
    await run.compareForward();
    await run.compareTraining();
    await run.compareEvaluation();
    return precision === 'f32' ? run.results() : run.results().map(asHalfDeviation);
  } finally {
    run.dispose();
  }
}

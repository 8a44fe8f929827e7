import { SpikeBridgeError } from '../errors';
import { replacementProbability } from '../methods/mixer';
import type { RunPosition } from '../methods/sliding';
import type { NamedArray } from '../models/parameterStore';
import type { SpikingNetwork } from '../models/spikingNetwork';
import type { Checkpoint, CheckpointFacts } from '../runs/checkpoint';
import { optimizerArrays, weightArrays } from '../runs/checkpointTensors';
import type { EvaluationRecord, IterationRecord, MetricsRecord } from '../runs/metricsRecord';
import type { RunStore } from '../runs/runStore';
import type { TransferConfiguration } from './configuration';
import { evaluate } from './evaluation';
import { learningRateAt } from './learningRate';
import { ProgressTracker } from './progressTracker';
import type { RunData } from './runData';
import { stepsOf } from './runModel';
import {
  evaluationsLeft,
  isCheckpointDue,
  isEvaluationDue,
  positionAt,
  type RunSchedule,
  scheduleOf,
} from './runSchedule';
import type { StatusReporter } from './statusReporter';
import type { StepMetrics, Trainer, TrainingBatch } from './trainer';

/** A checkpoint is written at least this often, whatever the schedule says. */
const LONGEST_WITHOUT_CHECKPOINT_MS = 300_000;

/** What the loop works on; it owns none of it. */
export interface LoopParts {
  readonly configuration: TransferConfiguration;
  readonly data: RunData;
  readonly network: SpikingNetwork;
  readonly trainer: Trainer;
  readonly store: RunStore;
  readonly reporter: StatusReporter;
  onRecord(record: MetricsRecord): void;
  /** Whether the run should stop after the current iteration. */
  shouldStop(): Promise<boolean>;
}

const seconds = (milliseconds: number) => milliseconds / 1000;
/** Lets RPC messages, signals and timers be handled between iterations. */
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Trains from a checkpoint or from the start until the end or a stop. */
export class TrainingLoop {
  private readonly schedule: RunSchedule;
  private readonly progress: ProgressTracker;
  private finished: number;
  private bestAccuracy?: number;
  private lastAccuracy?: number;
  private lastLoss?: number;
  private lastCheckpointAt = Date.now();
  private checkpointIteration = -1;

  constructor(
    private readonly parts: LoopParts,
    checkpoint?: Checkpoint,
  ) {
    const { configuration, data } = parts;
    this.schedule = scheduleOf(configuration, data.iterationsPerEpoch);
    this.finished = checkpoint?.iteration ?? 0;
    this.bestAccuracy = checkpoint?.bestAccuracy;
    this.lastAccuracy = checkpoint?.lastAccuracy;
    this.progress = new ProgressTracker(configuration.training.batchPairs, checkpoint?.elapsedSeconds ?? 0);
    this.checkpointIteration = checkpoint?.iteration ?? -1;
  }

  /** @returns whether the run reached its end. @throws SpikeBridgeError (training) when the loss is not finite. */
  async run(): Promise<'finished' | 'stopped'> {
    const { iterations } = this.schedule;
    await this.report('training');
    await this.saveCheckpoint();
    while (this.finished < iterations) {
      if (await this.parts.shouldStop()) {
        await this.saveCheckpoint();
        return 'stopped';
      }
      await this.trainOnce();
      await this.afterIteration();
      await nextTurn();
    }
    await this.parts.store.writeCheckpoint('finalCheckpoint', await this.weights(), this.facts());
    return 'finished';
  }

  private async trainOnce(): Promise<void> {
    const { configuration, data, trainer } = this.parts;
    const start = performance.now();
    const position = positionAt(this.schedule, this.finished);
    const learningRate = learningRateAt(position, configuration.optimizer);
    const batch = await data.trainingBatch(position);
    const metrics = await trainer.step(batch, learningRate);
    if (!Number.isFinite(metrics.loss.total)) {
      throw this.notFinite(this.finished + 1);
    }
    this.finished++;
    this.lastLoss = metrics.loss.total;
    this.progress.addIteration(seconds(performance.now() - start));
    this.record(this.iterationRecord(metrics, batch, { position, learningRate }));
  }

  private async afterIteration(): Promise<void> {
    if (isEvaluationDue(this.schedule, this.finished)) {
      await this.evaluateNow();
    }
    const overdue = Date.now() - this.lastCheckpointAt > LONGEST_WITHOUT_CHECKPOINT_MS;
    if (overdue || isCheckpointDue(this.schedule, this.finished)) {
      await this.saveCheckpoint();
    }
    await this.report('training');
  }

  private notFinite(iteration: number): SpikeBridgeError {
    const { store, configuration } = this.parts;
    const kept = this.checkpointIteration;
    return new SpikeBridgeError(
      'training',
      `the loss is not a finite number at iteration ${iteration}; the checkpoint of iteration ${kept} is kept`,
      `Lower optimizer.learningRate (now ${configuration.optimizer.learningRate}) or lengthen the warm-up, and start again.`,
      { file: store.folder },
    );
  }

  private iterationRecord(
    metrics: StepMetrics,
    { distillation, semantic }: TrainingBatch,
    { position, learningRate }: { position: RunPosition; learningRate: number },
  ): IterationRecord {
    const { mixer } = this.parts.configuration;
    return {
      kind: 'iteration',
      iteration: this.finished,
      iterations: this.schedule.iterations,
      epoch: Math.floor((this.finished - 1) / this.schedule.iterationsPerEpoch),
      ...metrics,
      ...(mixer.kind !== 'none' && { replacementProbability: replacementProbability(mixer, position) }),
      ...(distillation && { distillationWeight: distillation.weight }),
      ...(semantic && { semanticWeight: semantic.weight }),
      learningRate,
      pairsPerSecond: this.progress.pairsPerSecond,
      elapsedSeconds: this.progress.elapsedSeconds,
    };
  }

  private async evaluateNow(): Promise<void> {
    const { configuration, data, network } = this.parts;
    const start = performance.now();
    const evaluation = await evaluate(network, (batch) => data.testBatches(batch), {
      steps: stepsOf(configuration),
      loss: configuration.loss,
      pause: async (recordings) => {
        await this.report('evaluating', recordings / data.testCount);
        await nextTurn();
      },
    });
    this.progress.addEvaluation(seconds(performance.now() - start));
    this.lastAccuracy = evaluation.accuracy;
    const { iterations } = this.schedule;
    const elapsedSeconds = this.progress.elapsedSeconds;
    const record: EvaluationRecord = {
      kind: 'evaluation',
      iteration: this.finished,
      iterations,
      ...evaluation,
      elapsedSeconds,
    };
    this.record(record);
    if (this.bestAccuracy === undefined || evaluation.accuracy > this.bestAccuracy) {
      this.bestAccuracy = evaluation.accuracy;
      await this.parts.store.writeCheckpoint('bestCheckpoint', await this.weights(), this.facts());
    }
  }

  private record(record: MetricsRecord): void {
    this.parts.store.append(record);
    this.parts.onRecord(record);
  }

  private async report(activity: string, share?: number): Promise<void> {
    const { iterations } = this.schedule;
    const progress = share ?? this.finished / iterations;
    await this.parts.reporter.update({
      state: 'running',
      activity,
      iteration: this.finished,
      iterations,
      progress,
      secondsLeft: this.progress.secondsLeft(
        iterations - this.finished,
        evaluationsLeft(this.schedule, this.finished),
      ),
      pairsPerSecond: this.progress.pairsPerSecond,
      lastLoss: this.lastLoss,
      lastAccuracy: this.lastAccuracy,
      bestAccuracy: this.bestAccuracy,
    });
  }

  private weights(): Promise<NamedArray[]> {
    return weightArrays(this.parts.network, this.parts.trainer);
  }

  private facts(): CheckpointFacts {
    const { configuration, data, trainer } = this.parts;
    return {
      iteration: this.finished,
      optimizerSteps: trainer.optimizer.steps,
      elapsedSeconds: this.progress.elapsedSeconds,
      bestAccuracy: this.bestAccuracy,
      lastAccuracy: this.lastAccuracy,
      classes: data.classes,
      configuration,
    };
  }

  /** Writes what a resume continues from, unless it is there already. */
  private async saveCheckpoint(): Promise<void> {
    if (this.checkpointIteration === this.finished) {
      return;
    }
    const { network, trainer, store } = this.parts;
    const arrays = [...(await this.weights()), ...(await optimizerArrays(network, trainer))];
    await store.writeCheckpoint('lastCheckpoint', arrays, this.facts());
    this.checkpointIteration = this.finished;
    this.lastCheckpointAt = Date.now();
  }
}

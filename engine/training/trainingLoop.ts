import { releaseUnusedMemory, stepSupport } from '../backends/stepSupport';
import { whileCompiling } from '../backends/whileCompiling';
import { SpikeBridgeError } from '../errors';
import { replacementProbability } from '../methods/mixer';
import type { RunPosition } from '../methods/sliding';
import type { NamedArray } from '../models/parameterStore';
import type { SpikingNetwork } from '../models/spikingNetwork';
import type { Checkpoint, CheckpointFacts } from '../runs/checkpoint';
import { optimizerArrays, weightArrays } from '../runs/checkpointTensors';
import type { EvaluationRecord, IterationRecord, MetricsRecord } from '../runs/metricsRecord';
import type { RunStore } from '../runs/runStore';
import { compilationActivity } from './compilationActivity';
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
  /** Whether the run should stop after the current iteration; once true, always true. */
  shouldStop(): Promise<boolean>;
}

const seconds = (milliseconds: number) => milliseconds / 1000;
/** The weights have not changed for so many steps: the loss scale is at its smallest by then. */
const MOST_SKIPPED = 20;
/** Lets RPC messages, signals and timers be handled between iterations. */
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A step that was queued and not recorded yet. */
interface StartedStep {
  readonly position: RunPosition;
  readonly learningRate: number;
  readonly batch: TrainingBatch;
  readonly metrics: Promise<StepMetrics>;
}

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
  private inFlight?: StartedStep;
  /** When the last step ended, for the time of the next. */
  private lastEnd?: number;
  /** Whether kernels were compiled since the last step ended. */
  private hasCompiled = false;
  /** Iterations done before this process trained. */
  private readonly firstFinished: number;

  constructor(
    private readonly parts: LoopParts,
    checkpoint?: Checkpoint,
  ) {
    const { configuration, data } = parts;
    this.schedule = scheduleOf(configuration, data.iterationsPerEpoch);
    this.finished = checkpoint?.iteration ?? 0;
    this.firstFinished = this.finished;
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
      const isStopping = await this.parts.shouldStop();
      const next = isStopping || this.mustSettle() ? undefined : await this.startStep();
      await this.finishStep({ isSettled: next === undefined });
      this.inFlight = next;
      if (isStopping && this.finished < iterations) {
        await this.saveCheckpoint();
        return 'stopped';
      }
      if (!stepSupport().skipsOverflow) {
        await this.finishStep({ isSettled: true });
      }
      await nextTurn();
    }
    await this.parts.store.writeCheckpoint('finalCheckpoint', await this.weights(), this.facts());
    return 'finished';
  }

  /**
   * Whether the step in flight must be finished before the next: its weights are evaluated or saved, it is the last, or
   * the first, for which a GPU compiles its kernels: a stop meanwhile ends the run behind it.
   */
  private mustSettle(): boolean {
    const started = this.finished + 1;
    const isDue = isEvaluationDue(this.schedule, started) || isCheckpointDue(this.schedule, started);
    const isEnd = this.finished === this.firstFinished || started >= this.schedule.iterations;
    return this.inFlight !== undefined && (isDue || isEnd || this.isOverdue());
  }

  private isOverdue(): boolean {
    return Date.now() - this.lastCheckpointAt > LONGEST_WITHOUT_CHECKPOINT_MS;
  }

  /** Queues the next step; on a GPU it runs while the one before is recorded. */
  private async startStep(): Promise<StartedStep> {
    const { configuration, data, trainer } = this.parts;
    const position = positionAt(this.schedule, this.finished + (this.inFlight ? 1 : 0));
    const learningRate = learningRateAt(position, configuration.optimizer);
    const batch = await this.tellingCompilation('training', data.trainingBatch(position));
    this.lastEnd ??= performance.now();
    const metrics = trainer.step(batch, learningRate);
    // Whoever finishes the step sees a failure; nobody may, where another step fails first.
    metrics.catch(() => {});
    return { position, learningRate, batch, metrics };
  }

  /**
   * Waits for the step in flight, if any, and does what is due after it.
   * @param isSettled no other step was started: weights and moments are those of this step.
   */
  private async finishStep({ isSettled }: { isSettled: boolean }): Promise<void> {
    const step = this.inFlight;
    if (!step) {
      return;
    }
    const metrics = await this.tellingCompilation('training', step.metrics);
    this.inFlight = undefined;
    if (!Number.isFinite(metrics.loss.total)) {
      throw this.notFinite('the loss is', this.finished + 1);
    }
    if (stepSupport().lossScaling.skippedInRow >= MOST_SKIPPED) {
      throw this.notFinite(`the gradients of ${MOST_SKIPPED} steps in a row are`, this.finished + 1);
    }
    this.finished++;
    this.lastLoss = metrics.loss.total;
    const now = performance.now();
    const elapsed = seconds(now - (this.lastEnd ?? now));
    if (this.hasCompiled) {
      this.progress.addSlowIteration(elapsed);
    } else {
      this.progress.addIteration(elapsed);
    }
    this.hasCompiled = false;
    this.lastEnd = now;
    this.record(this.iterationRecord(metrics, step.batch, step));
    await this.afterIteration(isSettled);
  }

  /** Waits for work, e.g. a batch with its teacher's logits; where a GPU compiles its kernels first, that is told. */
  private tellingCompilation<Result>(activity: string, work: Promise<Result>): Promise<Result> {
    return whileCompiling(work, async (compilation) => {
      if (!compilation) {
        return this.report(activity);
      }
      this.hasCompiled = true;
      const { done, total } = compilation;
      await this.report(compilationActivity(compilation, await this.parts.shouldStop()), done / total);
    });
  }

  private async afterIteration(isSettled: boolean): Promise<void> {
    const isDue = isEvaluationDue(this.schedule, this.finished);
    if (isDue) {
      await this.evaluateNow();
    }
    if ((isSettled && this.isOverdue()) || isCheckpointDue(this.schedule, this.finished)) {
      await this.saveCheckpoint();
    }
    if (isDue) {
      this.lastEnd = undefined;
      this.hasCompiled = false;
    }
    await this.report('training');
  }

  /** @param subject with its verb: "the loss is". */
  private notFinite(subject: string, iteration: number): SpikeBridgeError {
    const { store, configuration } = this.parts;
    const inHalves = stepSupport().lossScaling.state !== undefined;
    const kept = this.checkpointIteration;
    return new SpikeBridgeError(
      'training',
      `${subject} not finite at iteration ${iteration}; the checkpoint of iteration ${kept} is kept`,
      `Lower optimizer.learningRate (now ${configuration.optimizer.learningRate}) or lengthen the warm-up, ${inHalves ? 'or set precision to "f32", ' : ''}and start again.`,
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
    releaseUnusedMemory();
    const evaluating = evaluate(network, (batch) => data.testBatches(batch), {
      steps: stepsOf(configuration),
      loss: configuration.loss,
      pause: async (recordings) => {
        await this.report('evaluating', recordings / data.testCount);
        await nextTurn();
      },
    });
    const evaluation = await this.tellingCompilation('evaluating', evaluating);
    releaseUnusedMemory();
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
      lossScale: stepSupport().lossScaling.state,
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

import type { RunPosition } from '../methods/sliding';
import type { TransferConfiguration } from './configuration';

const EVALUATIONS_BY_DEFAULT = 10;

/** Length and rhythm of a run, in iterations. */
export interface RunSchedule {
  readonly iterations: number;
  readonly iterationsPerEpoch: number;
  readonly evaluateEvery: number;
  readonly checkpointEvery: number;
}

/** The schedule of a configuration on data with the given number of iterations per epoch. */
export function scheduleOf({ training }: TransferConfiguration, iterationsPerEpoch: number): RunSchedule {
  const iterations = training.iterations ?? (training.epochs ?? 1) * iterationsPerEpoch;
  const evaluateEvery = training.evaluateEvery ?? Math.max(1, Math.ceil(iterations / EVALUATIONS_BY_DEFAULT));
  return {
    iterations,
    iterationsPerEpoch,
    evaluateEvery,
    checkpointEvery: training.checkpointEvery ?? evaluateEvery,
  };
}

/** Where an iteration (from 0) stands in the run. */
export function positionAt({ iterations, iterationsPerEpoch }: RunSchedule, iteration: number): RunPosition {
  return { iteration, iterations, iterationsPerEpoch };
}

/** Whether to evaluate after so many finished iterations; always at the end. */
export function isEvaluationDue({ iterations, evaluateEvery }: RunSchedule, finished: number): boolean {
  return finished === iterations || finished % evaluateEvery === 0;
}

/** Whether to write a checkpoint after so many finished iterations; always at the end. */
export function isCheckpointDue({ iterations, checkpointEvery }: RunSchedule, finished: number): boolean {
  return finished === iterations || finished % checkpointEvery === 0;
}

/** Evaluations still to come after so many finished iterations. */
export function evaluationsLeft({ iterations, evaluateEvery }: RunSchedule, finished: number): number {
  return Math.ceil(iterations / evaluateEvery) - Math.floor(finished / evaluateEvery);
}

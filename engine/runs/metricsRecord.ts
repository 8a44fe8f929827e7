import type { LossPartName } from '../methods/transferLoss';

/**
 * Losses of one iteration by name, each before its weight; parts that a method does not have are absent.
 * `total` is what was differentiated.
 */
export type LossParts = { readonly total: number } & Readonly<Partial<Record<LossPartName, number>>>;

/** A figure per stream of the method. */
export interface StreamRates {
  readonly static?: number;
  readonly event?: number;
}

/** One line of metrics.jsonl: a training iteration. */
export interface IterationRecord {
  readonly kind: 'iteration';
  /** Counts from 1: the iteration just finished. */
  readonly iteration: number;
  readonly iterations: number;
  readonly epoch: number;
  readonly loss: LossParts;
  /** Share of the batch classified right, in [0, 1], before the update. */
  readonly batchAccuracy: StreamRates;
  /** Linear CKA of the two streams per time step, in [0, 1]; absent without alignment. */
  readonly cka?: readonly number[];
  /** sigmoid(eta_t) per time step, in [0, 1]; absent when not learned. */
  readonly coefficients?: readonly number[];
  /** Expected share of static frames replaced by event frames, in [0, 1]: P, or r of time-step mixup. */
  readonly replacementProbability?: number;
  /** W of the distillation loss, in [0, 1]. */
  readonly distillationWeight?: number;
  /** mu of the semantic loss; absent while it is off. */
  readonly semanticWeight?: number;
  readonly learningRate: number;
  /** Mean spikes per neuron and time step in [0, 1], by layer name, in network order; none for a teacher. */
  readonly firingRates: Readonly<Record<string, StreamRates>>;
  /** Pairs (or recordings, for events-only) per second of the last iterations. */
  readonly pairsPerSecond: number;
  /** Seconds of training since the run first started, pauses excluded. */
  readonly elapsedSeconds: number;
}

/** One line of metrics.jsonl: an evaluation on the test recordings. */
export interface EvaluationRecord {
  readonly kind: 'evaluation';
  readonly iteration: number;
  readonly iterations: number;
  /** Share of test recordings classified right by the event head, in [0, 1]. */
  readonly accuracy: number;
  readonly loss: number;
  /** Recordings tested; images, for a teacher. */
  readonly recordings: number;
  /** confusion[label][prediction], counts. */
  readonly confusion: readonly (readonly number[])[];
  readonly elapsedSeconds: number;
}

export type MetricsRecord = IterationRecord | EvaluationRecord;

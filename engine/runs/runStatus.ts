import type { ErrorReport } from '../errors';

/** Where a run is: `stopped` can be resumed, and so can `failed` when a checkpoint exists. */
export type RunState = 'preparing' | 'running' | 'stopped' | 'finished' | 'failed';

/** status.json of a run folder: rewritten atomically about once a second while the run lives. */
export interface RunStatus {
  readonly state: RunState;
  readonly name: string;
  readonly method: string;
  /** Backend in use, e.g. "simd (relaxed, 2 threads)"; empty while preparing. */
  readonly backend: string;
  /** What the engine is doing, for people: "decoding recordings", "training", "evaluating". */
  readonly activity: string;
  readonly iteration: number;
  readonly iterations: number;
  /** Share of the present activity, in [0, 1]. */
  readonly progress: number;
  readonly secondsLeft?: number;
  readonly pairsPerSecond?: number;
  readonly lastLoss?: number;
  /** Test accuracy of the last and of the best evaluation, in [0, 1]. */
  readonly lastAccuracy?: number;
  readonly bestAccuracy?: number;
  readonly processId: number;
  readonly hostName: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly error?: ErrorReport;
}

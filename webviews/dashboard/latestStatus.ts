import type { IterationRecord } from '../../engine/runs/metricsRecord';
import type { RunStatus } from '../../engine/runs/runStatus';

/**
 * A status with iteration, loss and pairs/s of the last record, unless the status is of a later iteration.
 * The engine writes status.json about once a second, and from iteration 0 when it resumes; records come at once.
 */
export function latestStatus(status: RunStatus, last: IterationRecord | undefined): RunStatus {
  if (!last || last.iteration < status.iteration) {
    return status;
  }
  const { iteration, iterations, pairsPerSecond, loss } = last;
  return { ...status, iteration, iterations, pairsPerSecond, lastLoss: loss.total };
}

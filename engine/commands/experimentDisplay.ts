import type { ErrorReport } from '../errors';
import type { ExperimentObserver, ExperimentOutcome, OverallProgress } from '../experiments/experimentRun';
import type { PlannedRun } from '../experiments/plan';
import type { ExperimentTable } from '../experiments/table';
import type { TrainOutcome } from '../experiments/trainProcess';
import type { RunStatus } from '../runs/runStatus';
import { durationText, progressText, type RunProgress } from '../runs/runText';
import { formatBar, formatPercent, type Output } from './output';

type Ended = TrainOutcome & { readonly status?: RunStatus };

/** Bar, runs done, the run that last reported, and the time left of all. */
export function formatProgress(run: PlannedRun, status: RunStatus, overall: OverallProgress): string {
  const { done, total, secondsLeft } = overall;
  const parts = [
    `${formatBar(total > 0 ? done / total : 1)} run ${Math.min(done + 1, total)}/${total}`,
    run.id,
    progressText(status),
    secondsLeft === undefined ? '' : `all: ${durationText(secondsLeft)} left`,
  ];
  return parts.filter((part) => part !== '').join('  ');
}

function endText({ state, status, error }: Ended): string {
  if (state === 'failed') {
    return `failed: ${error?.message ?? 'unknown'}`;
  }
  const { bestAccuracy, lastAccuracy, backend, iteration, iterations } = status ?? {};
  const where = state === 'stopped' ? ` at ${iteration}/${iterations}` : '';
  return `${state}${where}, best ${formatPercent(bestAccuracy)}, last ${formatPercent(lastAccuracy)} (${backend})`;
}

/** Shows an experiment on a terminal as one live line and a line per run. */
export class ExperimentDisplay implements ExperimentObserver {
  constructor(private readonly output: Output) {}

  onPlan(runs: readonly PlannedRun[], finished: readonly string[]): void {
    const kept = finished.length > 0 ? `, ${finished.length} of them finished earlier` : '';
    this.output.note(`${runs.length} runs${kept}`);
  }

  onRunStatus(run: PlannedRun, status: RunStatus, overall: OverallProgress): void {
    this.output.transient(formatProgress(run, status, overall));
  }

  onRunEnd(run: PlannedRun, outcome: Ended, { done, total, secondsLeft }: OverallProgress): void {
    const left = secondsLeft === undefined ? '' : `; ${durationText(secondsLeft)} left`;
    this.output.note(`${run.label}, seed ${run.seed}: ${endText(outcome)} [${done}/${total}${left}]`);
  }
}

/** The last line of `experiment run --json`. */
export interface ExperimentOutcomeMessage {
  readonly kind: 'outcome';
  readonly folder: string;
  readonly table: ExperimentTable;
  readonly failures: readonly { readonly run: string; readonly error: ErrorReport }[];
  readonly stopped: boolean;
}

/** Lines of `experiment run --json`. */
export type ExperimentMessage =
  | ExperimentOutcomeMessage
  | {
      readonly kind: 'plan';
      readonly folder: string;
      readonly runs: readonly { readonly id: string; readonly label: string; readonly runFolder: string }[];
      readonly finished: readonly string[];
    }
  | ({ readonly kind: 'run-status'; readonly run: string; readonly status: RunProgress } & OverallProgress)
  | ({
      readonly kind: 'run-end';
      readonly run: string;
      readonly state: TrainOutcome['state'];
      readonly error?: ErrorReport;
      readonly bestAccuracy?: number;
      readonly lastAccuracy?: number;
    } & OverallProgress);

/** Least time between two lines of a run: experiments take days, and their lines are kept. */
const STATUS_EVERY_MS = 2000;

/** Prints an experiment as JSON lines, for other programs. */
export class JsonExperimentDisplay implements ExperimentObserver {
  private readonly lastLines = new Map<string, number>();

  constructor(
    private readonly output: Output,
    private readonly folder: string,
  ) {}

  onPlan(runs: readonly PlannedRun[], finished: readonly string[]): void {
    const listed = runs.map(({ id, label, runFolder }) => ({ id, label, runFolder }));
    this.write({ kind: 'plan', folder: this.folder, runs: listed, finished });
  }

  onRunStatus(run: PlannedRun, status: RunStatus, overall: OverallProgress): void {
    const now = Date.now();
    if (now - (this.lastLines.get(run.id) ?? 0) < STATUS_EVERY_MS) {
      return;
    }
    this.lastLines.set(run.id, now);
    const { state, activity, iteration, iterations, lastAccuracy, secondsLeft } = status;
    const progress = { state, activity, iteration, iterations, lastAccuracy, secondsLeft };
    this.write({ kind: 'run-status', run: run.id, status: progress, ...overall });
  }

  onRunEnd(run: PlannedRun, { state, error, status }: Ended, overall: OverallProgress): void {
    const { bestAccuracy, lastAccuracy } = status ?? {};
    this.write({ kind: 'run-end', run: run.id, state, error, bestAccuracy, lastAccuracy, ...overall });
  }

  onOutcome({ table, failures, stopped }: ExperimentOutcome): void {
    const reported = failures.map(({ run, error }) => ({ run: run.id, error }));
    this.write({ kind: 'outcome', folder: this.folder, table, failures: reported, stopped });
  }

  private write(message: ExperimentMessage): void {
    this.output.print(JSON.stringify(message));
  }
}

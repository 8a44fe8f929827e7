import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BackendChoice } from '../backends/choice';
import { type ErrorReport, reportOf, SpikeBridgeError } from '../errors';
import { makeFolder } from '../files/makeFolder';
import { explainWriteFailure, writeAtomically } from '../runs/atomicWrite';
import { readRunStatus } from '../runs/readRunStatus';
import { RunLock } from '../runs/runLock';
import type { RunStatus } from '../runs/runStatus';
import type { Experiment } from './experiment';
import { claimExperimentFolder, experimentFile, type WantedExperiment } from './experimentFolder';
import type { PlannedRun } from './plan';
import { runQueue } from './runQueue';
import { readResults } from './runResult';
import { todoOf } from './runState';
import { type ExperimentTable, tableOf } from './table';
import { markdownOf } from './tableText';
import { type RunDuration, secondsLeft } from './timeLeft';
import type { TrainOutcome, TrainRun } from './trainProcess';

const STOP_REQUEST_EVERY_MS = 500;

/** Where the experiment as a whole is. */
export interface OverallProgress {
  /** Runs that have ended, those of earlier calls among them. */
  readonly done: number;
  readonly total: number;
  /** Absent while nothing is known. */
  readonly secondsLeft?: number;
}

/** Who watches an experiment. */
export interface ExperimentObserver {
  /** Once, before the first run. @param finished ids of runs of earlier calls, which are not run again. */
  onPlan(runs: readonly PlannedRun[], finished: readonly string[]): void;
  onRunStatus(run: PlannedRun, status: RunStatus, overall: OverallProgress): void;
  onRunEnd(
    run: PlannedRun,
    outcome: TrainOutcome & { readonly status?: RunStatus },
    overall: OverallProgress,
  ): void;
}

export interface ExperimentRunOptions {
  readonly experiment: Experiment;
  readonly folder: string;
  readonly runs: readonly PlannedRun[];
  readonly wanted: WantedExperiment;
  readonly backend?: BackendChoice;
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly train: TrainRun;
  readonly observer: ExperimentObserver;
}

/** How an experiment ended. */
export interface ExperimentOutcome {
  readonly table: ExperimentTable;
  readonly failures: readonly { readonly run: PlannedRun; readonly error: ErrorReport }[];
  readonly stopped: boolean;
}

/** Reads all run folders of an experiment and writes table.md and table.json. */
export async function writeTable(
  folder: string,
  experiment: Experiment,
  record: Pick<WantedExperiment, 'shrink' | 'overrides'>,
): Promise<ExperimentTable> {
  const table = tableOf(experiment, record, await readResults(folder, experiment));
  await writeAtomically(experimentFile(folder, 'tableData'), `${JSON.stringify(table, null, 2)}\n`);
  await writeAtomically(experimentFile(folder, 'tableText'), markdownOf(table));
  return table;
}

/**
 * Runs what is left of an experiment: finished runs are kept, interrupted ones continue, one that fails does not end
 * the others. Holds the folder's lock meanwhile; the table is written after every run.
 * @throws SpikeBridgeError (run-folder) when the folder is of another experiment, or a run of another configuration.
 */
export async function runExperiment(options: ExperimentRunOptions): Promise<ExperimentOutcome> {
  const { folder, wanted } = options;
  await makeFolder(folder).catch((error) => {
    throw explainWriteFailure(error, folder);
  });
  const lock = await RunLock.acquire(folder);
  try {
    await claimExperimentFolder(folder, wanted);
    return await new ExperimentRun(options).execute();
  } finally {
    await lock.release();
  }
}

class ExperimentRun {
  private readonly resumable = new Set<string>();
  private readonly finished = new Set<string>();
  private readonly failures: { run: PlannedRun; error: ErrorReport }[] = [];
  private readonly durations: RunDuration[] = [];
  private readonly running = new Map<string, { run: PlannedRun; since: number; secondsLeft?: number }>();
  private readonly stop = new AbortController();
  private readonly begun = new Set<string>();
  private ended = 0;
  private tableWrite: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ExperimentRunOptions) {}

  async execute(): Promise<ExperimentOutcome> {
    const { runs, experiment, folder, wanted, observer, jobs } = this.options;
    await this.inspect();
    observer.onPlan(runs, [...this.finished]);
    const release = await this.followStopRequests();
    try {
      await runQueue(this.pending, {
        jobs,
        signal: this.stop.signal,
        perform: (run) => this.perform(run),
        skip: (run) => this.skip(run),
      });
    } finally {
      release();
    }
    const table = await writeTable(folder, experiment, wanted);
    return { table, failures: this.failures, stopped: this.stop.signal.aborted };
  }

  private get pending(): PlannedRun[] {
    return this.options.runs.filter(({ id }) => !this.finished.has(id));
  }

  /** Finds out what is left to do; refuses runs that were made with another configuration. */
  private async inspect(): Promise<void> {
    for (const run of this.options.runs) {
      const todo = await todoOf(run);
      if (todo.kind === 'changed') {
        throw changedError(run, todo.differences);
      }
      if (todo.kind === 'finished') {
        this.finished.add(run.id);
      } else if (todo.kind === 'resume') {
        this.resumable.add(run.id);
      }
    }
  }

  /** Stops on the caller's signal and on a stop.request file in the folder. */
  private async followStopRequests(): Promise<() => void> {
    const { signal, folder } = this.options;
    const file = experimentFile(folder, 'stopRequest');
    await rm(file, { force: true });
    const abort = () => this.stop.abort();
    signal.addEventListener('abort', abort);
    if (signal.aborted) {
      abort();
    }
    const look = async () => {
      if (await stat(file).catch(() => undefined)) {
        await rm(file, { force: true });
        abort();
      }
    };
    const timer = setInterval(() => void look(), STOP_REQUEST_EVERY_MS);
    return () => {
      clearInterval(timer);
      signal.removeEventListener('abort', abort);
    };
  }

  private overall(): OverallProgress {
    const { runs, jobs } = this.options;
    const now = Date.now();
    const running = [...this.running.values()];
    const projected = running.flatMap(({ run, since, secondsLeft: left }) =>
      left === undefined ? [] : [{ row: run.row, seconds: (now - since) / 1000 + left }],
    );
    const left = secondsLeft({
      known: [...this.durations, ...projected],
      running: running.map((each) => each.secondsLeft),
      waiting: this.pending.filter(({ id }) => !this.begun.has(id)).map(({ row }) => row),
      jobs,
    });
    const done = this.finished.size + this.ended;
    return { done, total: runs.length, ...(left !== undefined && { secondsLeft: left }) };
  }

  private async perform(run: PlannedRun): Promise<boolean> {
    const { observer } = this.options;
    const since = Date.now();
    this.begun.add(run.id);
    this.running.set(run.id, { run, since });
    const outcome = await this.train(run).catch(
      (error): TrainOutcome => ({ state: 'failed', error: reportOf(error) }),
    );
    this.running.delete(run.id);
    this.ended++;
    if (outcome.state === 'finished') {
      this.durations.push({ row: run.row, seconds: (Date.now() - since) / 1000 });
    } else if (outcome.state === 'failed') {
      this.failures.push({ run, error: outcome.error ?? unknownFailure(run) });
    }
    const status = await readRunStatus(run.runFolder);
    await this.refreshTable();
    observer.onRunEnd(run, { ...outcome, ...(status && { status }) }, this.overall());
    return outcome.state === 'finished';
  }

  /** Rewrites the table, one writer at a time; what cannot be written now is tried again at the end. */
  private refreshTable(): Promise<unknown> {
    const { folder, experiment, wanted } = this.options;
    this.tableWrite = this.tableWrite.then(() => writeTable(folder, experiment, wanted)).catch(() => {});
    return this.tableWrite;
  }

  private async train(run: PlannedRun): Promise<TrainOutcome> {
    const { train, backend, observer } = this.options;
    const resume = this.resumable.has(run.id);
    if (!resume) {
      await makeFolder(path.dirname(run.configurationFile));
      await writeAtomically(run.configurationFile, `${JSON.stringify(run.input, null, 2)}\n`);
    }
    return train(run, {
      resume,
      backend,
      signal: this.stop.signal,
      onStatus: (status) => {
        const entry = this.running.get(run.id);
        if (entry && status.state === 'running') {
          entry.secondsLeft = status.secondsLeft;
        }
        observer.onRunStatus(run, status, this.overall());
      },
    });
  }

  private skip(run: PlannedRun): void {
    this.begun.add(run.id);
    this.ended++;
    const error = new SpikeBridgeError(
      'training',
      `${run.after} did not finish, and ${run.id} needs it`,
      'Run the experiment again once that is solved.',
    ).toReport();
    this.failures.push({ run, error });
    this.options.observer.onRunEnd(run, { state: 'failed', error }, this.overall());
  }
}

function changedError(run: PlannedRun, differences: readonly string[]): SpikeBridgeError {
  return new SpikeBridgeError(
    'run-folder',
    `this run was made with another configuration: ${differences.join('; ')}`,
    'Choose another folder with --out, or delete this run folder to train it anew.',
    { file: run.runFolder },
  );
}

function unknownFailure({ id }: PlannedRun): ErrorReport {
  return new SpikeBridgeError(
    'training',
    `${id} failed and did not say why`,
    'Look at the engine.log of its run folder.',
  ).toReport();
}

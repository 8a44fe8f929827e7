import os from 'node:os';
import path from 'node:path';
import type { BackendChoice } from '../backends/choice';
import { SORTED_ORDER } from '../datasets/splitSchema';
import { formatReport, SpikeBridgeError } from '../errors';
import { findExperiment } from '../experiments/catalogue';
import { findDataFolders } from '../experiments/dataFolders';
import type { Experiment } from '../experiments/experiment';
import {
  defaultExperimentFolder,
  EXPERIMENT_FILES,
  type WantedExperiment,
} from '../experiments/experimentFolder';
import { type ExperimentOutcome, runExperiment } from '../experiments/experimentRun';
import { terminateChildren } from '../experiments/killAtExit';
import { overrideText, parseOverride } from '../experiments/overrides';
import { needsImages, type PaperSplit, type PlannedRun, planRuns } from '../experiments/plan';
import { trainInProcess } from '../experiments/trainProcess';
import { ExperimentDisplay, JsonExperimentDisplay } from './experimentDisplay';
import { printTable } from './experimentTable';
import { Interrupt } from './interrupt';
import { EXIT, type ExitCode, invocation, type Output } from './output';

/** Options of `spikebridge experiment run`. */
export interface ExperimentRunArguments {
  readonly data: string;
  readonly images?: string;
  readonly seeds?: readonly number[];
  readonly rows?: readonly string[];
  readonly shrink: number;
  readonly set?: readonly string[];
  readonly split?: string;
  readonly order?: string;
  readonly out?: string;
  readonly jobs: number;
  readonly backend?: BackendChoice;
  readonly json?: boolean;
}

const SPLITS = ['default', 'paper'];

function paperSplitOf({ split = 'default', order }: ExperimentRunArguments): PaperSplit | undefined {
  if (!SPLITS.includes(split)) {
    throw new SpikeBridgeError(
      'usage',
      `--split ${split} is not known`,
      'Give --split paper, or leave it out.',
    );
  }
  if (split !== 'paper') {
    if (order !== undefined) {
      throw new SpikeBridgeError('usage', '--order belongs to --split paper', 'Add --split paper.');
    }
    return undefined;
  }
  return order === undefined ? {} : { order: order === SORTED_ORDER ? order : path.resolve(order) };
}

/** Threads of each of several runs at a time; one alone decides for itself. */
function threadsOf(jobs: number): number | undefined {
  return jobs === 1 ? undefined : Math.max(1, Math.floor(os.availableParallelism() / jobs));
}

interface Prepared {
  readonly experiment: Experiment;
  readonly folder: string;
  readonly wanted: WantedExperiment;
  readonly runs: readonly PlannedRun[];
}

async function prepare(name: string, options: ExperimentRunArguments): Promise<Prepared> {
  const experiment = findExperiment(name);
  const { rows, seeds, shrink, jobs, out, data, images } = options;
  const overrides = (options.set ?? []).map(parseOverride);
  const paperSplit = paperSplitOf(options);
  const wanted = {
    experiment: name,
    shrink,
    overrides: overrides.map(overrideText),
    split: paperSplit ? 'paper' : 'default',
  };
  const folder = out === undefined ? defaultExperimentFolder(wanted) : path.resolve(out);
  const runs = planRuns(experiment, {
    folder,
    data: await findDataFolders(experiment, { data, images }, needsImages(experiment, rows)),
    rows,
    seeds,
    shrink,
    overrides,
    paperSplit,
    threads: threadsOf(jobs),
  });
  return { experiment, folder, wanted, runs };
}

/** Runs that are told to end at once leave their folders within this time. */
const LAST_WORK_MS = 500;

/** Waits without giving the process to anything else. */
function sleepNow(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

const continueText = (experiment: string) =>
  `the same command continues: ${invocation()} experiment run ${experiment} …`;

/** Failed runs by what happened. */
function failureGroups(failures: ExperimentOutcome['failures']): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { run, error } of failures) {
    const report = formatReport(error);
    groups.set(report, [...(groups.get(report) ?? []), run.id]);
  }
  return groups;
}

function printOutcome({ table, failures, stopped }: ExperimentOutcome, folder: string, output: Output): void {
  printTable(table, output);
  for (const [report, ids] of failureGroups(failures)) {
    output.note(`failed: ${ids.join(', ')}\n  ${report}`);
  }
  output.print(`\ntable: ${path.join(folder, EXPERIMENT_FILES.tableText)}`);
  if (stopped) {
    output.print(`stopped; ${continueText(table.experiment)}`);
  }
}

/** Trains what is left of an experiment and prints its table; Ctrl-C stops with complete run folders. */
export async function experimentRun(
  name: string,
  options: ExperimentRunArguments,
  output: Output,
): Promise<ExitCode> {
  const { experiment, folder, wanted, runs } = await prepare(name, options);
  const lines = options.json ? new JsonExperimentDisplay(output, folder) : undefined;
  const interrupt = new Interrupt(output, 'the runs going on continue at their last checkpoint');
  interrupt.beforeEnd(() => {
    terminateChildren();
    sleepNow(LAST_WORK_MS);
    output.note(continueText(name));
  });
  try {
    const outcome = await runExperiment({
      experiment,
      folder,
      runs,
      wanted,
      backend: options.backend,
      jobs: options.jobs,
      signal: interrupt.signal,
      train: trainInProcess,
      observer: lines ?? new ExperimentDisplay(output),
    });
    if (lines) {
      lines.onOutcome(outcome);
    } else {
      printOutcome(outcome, folder, output);
    }
    return outcome.failures.length > 0 || outcome.stopped ? EXIT.failure : EXIT.ok;
  } finally {
    interrupt.dispose();
  }
}

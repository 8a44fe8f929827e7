import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { shortHash } from '../datasets/manifest';
import type { SplitRecord } from '../datasets/splitsPolicy';
import type { OpenChoice } from '../methods/openChoices';
import { readRunStatus } from '../runs/readRunStatus';
import { runFile } from '../runs/runFolder';
import type { RunState } from '../runs/runStatus';
import type { Experiment } from './experiment';
import { PRETRAINING_ROW, runIdOf, TEACHER_ROW } from './plan';

/** What a run folder says about its run. Accuracies in [0, 1]. */
export interface RunResult {
  readonly row: string;
  readonly seed: number;
  readonly runFolder: string;
  readonly state: RunState;
  readonly iteration: number;
  readonly iterations: number;
  readonly bestAccuracy?: number;
  readonly lastAccuracy?: number;
  readonly pairsPerSecond?: number;
  /** E.g. "simd (relaxed, 2 threads)". */
  readonly backend: string;
  /** SHA-256 of the recordings used; absent where the run never loaded them. */
  readonly splitSha256?: string;
  /** How the split was made; absent where the data set has one way only. */
  readonly splitMode?: string;
  readonly openChoices: readonly OpenChoice[];
  readonly engineVersion?: string;
  readonly error?: string;
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** How a split was made, for people; undefined where the data set has one way only. */
function splitModeOf(split: SplitRecord | undefined): string | undefined {
  if (!split) {
    return undefined;
  }
  const { policy, order, orderSha256, eventRatio, imageRatio } = split;
  const listing = orderSha256 === undefined ? '' : ` ${shortHash(orderSha256)}`;
  return [
    policy,
    ...(order === undefined ? [] : [`order by ${order}${listing}`]),
    ...(eventRatio === 1 ? [] : [`${eventRatio} of the recordings`]),
    ...(imageRatio === 1 ? [] : [`${imageRatio} of the images`]),
  ].join(', ');
}

/** The result in a run folder; undefined where no run has begun. */
export async function readRunResult(
  runFolder: string,
  row: string,
  seed: number,
): Promise<RunResult | undefined> {
  const status = await readRunStatus(runFolder);
  if (!status) {
    return undefined;
  }
  const split = await readJson(runFile(runFolder, 'split'));
  const environment = await readJson(runFile(runFolder, 'environment'));
  const { state, iteration, iterations, bestAccuracy, lastAccuracy, pairsPerSecond, backend, error } = status;
  return {
    row,
    seed,
    runFolder,
    state,
    iteration,
    iterations,
    bestAccuracy,
    lastAccuracy,
    pairsPerSecond,
    backend,
    splitSha256: split.sha256 as string | undefined,
    splitMode: splitModeOf(split.split as SplitRecord | undefined),
    openChoices: (environment.openChoices ?? []) as OpenChoice[],
    engineVersion: environment.engineVersion as string | undefined,
    ...(error && { error: error.message }),
  };
}

/** Seeds of a row that have a folder, in ascending order. */
function seedsIn(names: readonly string[], row: string): number[] {
  return names
    .map((name) => /^(.*)-seed(\d+)$/.exec(name))
    .filter((match) => match?.[1] === row)
    .map((match) => Number(match?.[2]))
    .sort((one, other) => one - other);
}

/** Results of every run in an experiment's folder, in the order of its rows; teacher and pre-training first. */
export async function readResults(folder: string, experiment: Experiment): Promise<RunResult[]> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const rows = [TEACHER_ROW, PRETRAINING_ROW, ...experiment.rows.map(({ id }) => id)];
  const results = await Promise.all(
    rows.flatMap((row) =>
      seedsIn(names, row).map((seed) => readRunResult(path.join(folder, runIdOf(row, seed)), row, seed)),
    ),
  );
  return results.filter((result) => result !== undefined);
}

import type { Experiment, PublishedAccuracy } from './experiment';
import type { ExperimentRecord } from './experimentFolder';
import { PRETRAINING_ROW, TEACHER_ROW } from './plan';
import type { RunResult } from './runResult';

/** Mean and population standard deviation (ddof 0) in per cent. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** One row of the table: its runs and what they say together. */
export interface TableRow {
  readonly id: string;
  readonly label: string;
  /** Seeds of finished runs, which the figures are made of. */
  readonly seeds: readonly number[];
  /** Runs that are not finished, as "seed 2: stopped at 30/600". */
  readonly unfinished: readonly string[];
  /** Of the best evaluation of each run, chosen on the test recordings (methods.md 7.5). */
  readonly best?: Spread;
  readonly last?: Spread;
  readonly published?: PublishedAccuracy;
  /** Points: the accuracy that the publication reports, less the published one. */
  readonly difference?: number;
  readonly pairsPerSecond?: number;
  readonly backends: readonly string[];
  readonly splits: readonly string[];
  /** What of this row no source gives. */
  readonly ours: readonly string[];
}

/** table.json: the figures of an experiment with everything needed to judge them. */
export interface ExperimentTable {
  readonly experiment: string;
  readonly title: string;
  readonly description: string;
  readonly origin: Experiment['origin'];
  readonly reports: Experiment['reports'];
  readonly shrink: number;
  readonly overrides: readonly string[];
  readonly engineVersions: readonly string[];
  readonly rows: readonly TableRow[];
  /** Hash and mode of every split, with the rows made on it. */
  readonly splits: readonly {
    readonly sha256: string;
    readonly mode: string;
    readonly rows: readonly string[];
  }[];
  readonly teacher?: { readonly accuracy?: number; readonly state: string };
  readonly missing: readonly { readonly label: string; readonly reason: string }[];
  readonly ours: readonly string[];
  readonly runs: readonly RunResult[];
}

/** Mean and population standard deviation of shares in [0, 1], as per cent; undefined of none. */
export function spreadOf(shares: readonly number[]): Spread | undefined {
  if (shares.length === 0) {
    return undefined;
  }
  const percents = shares.map((share) => 100 * share);
  const mean = percents.reduce((sum, value) => sum + value, 0) / percents.length;
  const variance = percents.reduce((sum, value) => sum + (value - mean) ** 2, 0) / percents.length;
  return { mean, deviation: Math.sqrt(variance) };
}

const distinct = <Value>(values: readonly (Value | undefined)[]): Value[] => [
  ...new Set(values.filter((value) => value !== undefined)),
];
const present = (values: readonly (number | undefined)[]) => values.filter((value) => value !== undefined);

function unfinishedText({ seed, state, iteration, iterations, error }: RunResult): string {
  const where = iterations > 0 ? ` at ${iteration}/${iterations}` : '';
  return `seed ${seed}: ${state}${where}${error ? `: ${error}` : ''}`;
}

function rowTable(experiment: Experiment, id: string, results: readonly RunResult[]): TableRow | undefined {
  const row = experiment.rows.find((each) => each.id === id);
  const own = results.filter((result) => result.row === id);
  if (!row || own.length === 0) {
    return undefined;
  }
  const finished = own.filter(({ state }) => state === 'finished');
  const best = spreadOf(present(finished.map(({ bestAccuracy }) => bestAccuracy)));
  const last = spreadOf(present(finished.map(({ lastAccuracy }) => lastAccuracy)));
  const compared = experiment.reports === 'best' ? best : last;
  const rates = present(finished.map(({ pairsPerSecond }) => pairsPerSecond));
  const choices = own.flatMap(({ openChoices }) => openChoices.map(({ key, value }) => `${key} = ${value}`));
  return {
    id,
    label: row.label,
    seeds: finished.map(({ seed }) => seed),
    unfinished: own.filter(({ state }) => state !== 'finished').map(unfinishedText),
    best,
    last,
    published: row.published,
    ...(compared && row.published && { difference: compared.mean - row.published.percent }),
    ...(rates.length > 0 && { pairsPerSecond: rates.reduce((sum, rate) => sum + rate, 0) / rates.length }),
    backends: distinct(finished.map(({ backend }) => backend)),
    splits: distinct(finished.map(({ splitSha256 }) => splitSha256)),
    ours: [...(row.ours ?? []), ...distinct(choices)],
  };
}

function splitsOf(results: readonly RunResult[]): ExperimentTable['splits'] {
  return distinct(results.map(({ splitSha256 }) => splitSha256)).map((sha256) => {
    const own = results.filter((result) => result.splitSha256 === sha256);
    return {
      sha256,
      mode: distinct(own.map(({ splitMode }) => splitMode)).join(', ') || 'as the configuration selects',
      rows: distinct(own.map(({ row }) => row)),
    };
  });
}

/** The table of an experiment from the results of its runs; rows without runs are left out. */
export function tableOf(
  experiment: Experiment,
  record: Pick<ExperimentRecord, 'shrink' | 'overrides'>,
  results: readonly RunResult[],
): ExperimentTable {
  const { name, title, description, origin, reports, rows, missing = [], ours = [] } = experiment;
  const teacher = results.find(({ row }) => row === TEACHER_ROW);
  const helpers: readonly string[] = [TEACHER_ROW, PRETRAINING_ROW];
  const students = results.filter(({ row }) => !helpers.includes(row));
  return {
    experiment: name,
    title,
    description,
    origin,
    reports,
    shrink: record.shrink,
    overrides: record.overrides,
    engineVersions: distinct(results.map(({ engineVersion }) => engineVersion)),
    rows: rows.map(({ id }) => rowTable(experiment, id, students)).filter((row) => row !== undefined),
    splits: splitsOf(students),
    ...(teacher && { teacher: { accuracy: teacher.lastAccuracy, state: teacher.state } }),
    missing,
    ours,
    runs: results,
  };
}

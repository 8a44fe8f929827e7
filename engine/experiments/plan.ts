import path from 'node:path';
import { splitRuleOf } from '../datasets/splitsPolicy';
import { SpikeBridgeError } from '../errors';
import { RUN_FILES } from '../runs/runFolder';
import {
  CONFIGURATION_SUFFIX,
  checkConfigurationText,
  resolveConfiguration,
  type TransferConfiguration,
} from '../training/configuration';
import type { TransferConfigurationInput } from '../training/configurationSchema';
import type { DataFolders } from './dataFolders';
import { type Experiment, type ExperimentRow, rowOf } from './experiment';
import { mergeChanges } from './mergeChanges';
import { changesOf, type Override } from './overrides';
import { shrunk } from './shrink';

/** Row id of the teacher's run. */
export const TEACHER_ROW = 'teacher';
/** Row id of runs that others start from. */
export const PRETRAINING_ROW = 'pretraining';

/** The authors' split. */
export interface PaperSplit {
  /** Absolute path of a listing of recordings, or "sorted"; needed where the authors' code does not sort. */
  readonly order?: string;
}

/** What to run of an experiment, and how it differs from the published rows. */
export interface PlanOptions {
  /** Absolute folder of the experiment. */
  readonly folder: string;
  readonly data: DataFolders;
  /** Row ids; default: all rows. */
  readonly rows?: readonly string[];
  /** Seeds of every row; default: those of the row, else of the experiment. */
  readonly seeds?: readonly number[];
  /** Scale of length, batch and recordings, in (0, 1]. */
  readonly shrink?: number;
  /** Split and pairing as in the paper. Default: those of the experiment's base. */
  readonly paperSplit?: PaperSplit;
  readonly overrides?: readonly Override[];
  /** Threads of each run; default: the engine decides. */
  readonly threads?: number;
}

/** One run of an experiment. */
export interface PlannedRun {
  /** `<row>-seed<seed>`, the name of its folder. */
  readonly id: string;
  readonly row: string;
  readonly seed: number;
  readonly label: string;
  readonly runFolder: string;
  readonly configurationFile: string;
  /** What the configuration file holds. */
  readonly input: TransferConfigurationInput;
  readonly configuration: TransferConfiguration;
  /** Id of the run that must have finished before. */
  readonly after?: string;
}

/** Where the configurations of an experiment's runs lie. */
const CONFIGURATIONS = 'configurations';

/** Folder name of a run. */
export function runIdOf(row: string, seed: number): string {
  return `${row}-seed${seed}`;
}

function chosenRows(experiment: Experiment, ids?: readonly string[]): readonly ExperimentRow[] {
  if (!ids) {
    return experiment.rows;
  }
  return ids.map((id) => {
    const row = rowOf(experiment, id);
    if (!row) {
      throw new SpikeBridgeError(
        'usage',
        `${experiment.name} has no row "${id}"`,
        `Choose of: ${experiment.rows.map((each) => each.id).join(', ')}.`,
      );
    }
    return row;
  });
}

/** Whether any of the chosen rows uses static images. */
export function needsImages(experiment: Experiment, ids?: readonly string[]): boolean {
  return chosenRows(experiment, ids).some(
    ({ changes }) => (changes.method ?? experiment.base.method) !== 'events-only',
  );
}

/** The configuration with the folders that were found; a run without images names none. */
function withFolders(input: TransferConfigurationInput, data: DataFolders): TransferConfigurationInput {
  const { images, ...others } = input.data;
  const usesImages = input.method !== 'events-only' && images && data.images;
  return {
    ...input,
    data: {
      ...others,
      events: { ...others.events, folder: data.events },
      ...(usesImages && { images: { ...images, folder: data.images } }),
    } as TransferConfigurationInput['data'],
  };
}

/** @throws SpikeBridgeError (usage) where the experiment has one split only, or the order is missing. */
function paperChanges({ name, base, paperSplit }: Experiment, { order }: PaperSplit): object {
  if (!paperSplit) {
    throw new SpikeBridgeError('usage', `${name} has one split only`, 'Leave out --split and --order.');
  }
  if (order === undefined && splitRuleOf(base.data?.events?.format ?? '')?.followsListing) {
    throw new SpikeBridgeError(
      'usage',
      `the paper's split of ${name} depends on the order of files on the authors' machine`,
      'Give a listing with --order FILE (made by: find . -type f), or --order sorted, which is ours.',
    );
  }
  return mergeChanges(paperSplit, order === undefined ? {} : { data: { split: { order } } });
}

/** The configuration of a row before a seed is chosen. */
function inputOf(
  experiment: Experiment,
  changes: object,
  { data, paperSplit, shrink = 1, overrides = [] }: PlanOptions,
): TransferConfigurationInput {
  const base = mergeChanges(experiment.base, paperSplit ? paperChanges(experiment, paperSplit) : {});
  const merged = mergeChanges(base, changes) as TransferConfigurationInput;
  const overridden = overrides.reduce(
    (configuration, override) => mergeChanges(configuration, changesOf(override)),
    shrunk(merged, shrink, experiment.recordingsPerClass),
  );
  return withFolders(overridden, data);
}

/**
 * Validates a run's configuration as a file of a user would be.
 * @throws SpikeBridgeError (configuration) that names the run.
 */
function resolved(id: string, input: TransferConfigurationInput, folder: string): TransferConfiguration {
  const { configuration, problems } = checkConfigurationText(JSON.stringify(input));
  if (!configuration) {
    throw new SpikeBridgeError(
      'configuration',
      `${id}: ${problems.map(({ message }) => message).join('; ')}`,
      'Correct --set, or choose the rows it fits with --rows.',
    );
  }
  return resolveConfiguration(configuration, folder, id);
}

interface RunParts {
  readonly row: string;
  readonly label: string;
  readonly seed: number;
  readonly input: TransferConfigurationInput;
  readonly after?: string;
}

function plannedRun({ row, label, seed, input, after }: RunParts, options: PlanOptions): PlannedRun {
  const { folder, threads } = options;
  const id = runIdOf(row, seed);
  const configurations = path.join(folder, CONFIGURATIONS);
  const complete = { ...input, name: id, seed, ...(threads !== undefined && { threads }) };
  return {
    id,
    row,
    seed,
    label,
    runFolder: path.join(folder, id),
    configurationFile: path.join(configurations, `${id}${CONFIGURATION_SUFFIX}`),
    input: complete,
    configuration: resolved(id, complete, configurations),
    ...(after !== undefined && { after }),
  };
}

/** Overrides that a teacher shares with its students; its network and loss are its own. */
const OF_TEACHER = /^(?:data|frames|optimizer|training)\./;

function teacherRun(experiment: Experiment, options: PlanOptions): PlannedRun {
  const { teacher } = experiment;
  if (!teacher) {
    throw new Error(`${experiment.name} has rows with a teacher, but no teacher`);
  }
  const overrides = options.overrides?.filter(({ path: key }) => OF_TEACHER.test(key));
  const input = inputOf(experiment, { method: 'teacher', ...teacher.changes }, { ...options, overrides });
  return plannedRun({ row: TEACHER_ROW, label: 'teacher', seed: teacher.seed, input }, options);
}

/** The key that a distilling row needs. */
function distilling(teacher: PlannedRun): object {
  return { distillation: { teacher: path.join(teacher.runFolder, RUN_FILES.finalCheckpoint) } };
}

/** @throws Error where a row needs a pre-training that the experiment lacks. */
function pretrainingRun(experiment: Experiment, seed: number, options: PlanOptions): PlannedRun {
  const { pretraining } = experiment;
  if (!pretraining) {
    throw new Error(`${experiment.name} has rows that are fine-tuned, but no pre-training`);
  }
  const input = inputOf(experiment, { method: 'static-only', ...pretraining.changes }, options);
  return plannedRun({ row: PRETRAINING_ROW, label: 'pre-training', seed, input }, options);
}

/** The key that a fine-tuned row needs. */
function startingFrom(pretraining: PlannedRun): object {
  return { start: { checkpoint: path.join(pretraining.runFolder, RUN_FILES.finalCheckpoint) } };
}

/** The runs of a row: one for each seed, behind the run it starts from. */
function runsOfRow(experiment: Experiment, row: ExperimentRow, options: PlanOptions, teacher?: PlannedRun) {
  const seeds = options.seeds ?? row.seeds ?? experiment.seeds;
  return seeds.flatMap((seed) => {
    const before = row.needsPretraining ? pretrainingRun(experiment, seed, options) : undefined;
    const needed = { ...(teacher && distilling(teacher)), ...(before && startingFrom(before)) };
    const input = inputOf(experiment, { ...row.changes, ...needed }, options);
    const after = before?.id ?? teacher?.id;
    const run = plannedRun({ row: row.id, label: row.label, seed, input, after }, options);
    return before ? [before, run] : [run];
  });
}

/** Each run once: rows may share a pre-training. */
function distinctRuns(runs: readonly PlannedRun[]): PlannedRun[] {
  return [...new Map(runs.map((run) => [run.id, run])).values()];
}

/**
 * All runs of an experiment in the order they are started; the teacher comes first where a chosen row needs one, a
 * pre-training before what starts from it.
 * @throws SpikeBridgeError (usage) for unknown rows, (configuration) where an override does not fit a row.
 */
export function planRuns(experiment: Experiment, options: PlanOptions): PlannedRun[] {
  const rows = chosenRows(experiment, options.rows);
  const teacher = rows.some((row) => row.needsTeacher) ? teacherRun(experiment, options) : undefined;
  const runs = rows.flatMap((row) =>
    runsOfRow(experiment, row, options, row.needsTeacher ? teacher : undefined),
  );
  return distinctRuns(teacher ? [teacher, ...runs] : runs);
}

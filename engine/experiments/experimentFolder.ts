import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SpikeBridgeError } from '../errors';
import { writeAtomically } from '../runs/atomicWrite';
import { ENGINE_VERSION } from '../runs/environment';

/** Files of an experiment's folder, beside its run folders. */
export const EXPERIMENT_FILES = {
  record: 'experiment.json',
  tableText: 'table.md',
  tableData: 'table.json',
  /** Made by whoever wants the experiment to stop; removed by it. */
  stopRequest: 'stop.request',
} as const;

/** experiment.json: what all runs of the folder have in common. */
export interface ExperimentRecord {
  readonly experiment: string;
  readonly shrink: number;
  /** As given with --set. */
  readonly overrides: readonly string[];
  /** "paper", or "default" for the experiment's own. */
  readonly split: string;
  readonly engineVersion: string;
}

/** Characters of a folder name. */
const LONGEST_NAME = 120;

/** What a call asks for, to be compared with the record. */
export type WantedExperiment = Omit<ExperimentRecord, 'engineVersion'>;

/** Absolute path of one of the experiment's files. */
export function experimentFile(folder: string, file: keyof typeof EXPERIMENT_FILES): string {
  return path.join(folder, EXPERIMENT_FILES[file]);
}

/** The record; undefined where the folder has none. @throws SpikeBridgeError (run-folder) where it cannot be read. */
export async function readExperimentRecord(folder: string): Promise<ExperimentRecord | undefined> {
  const file = experimentFile(folder, 'record');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  });
  try {
    return text === undefined ? undefined : (JSON.parse(text) as ExperimentRecord);
  } catch (cause) {
    throw new SpikeBridgeError(
      'run-folder',
      'the record of the experiment cannot be read',
      'Restore the file, or choose another folder with --out.',
      { file },
      { cause },
    );
  }
}

function difference(record: ExperimentRecord, wanted: WantedExperiment): string | undefined {
  const recordedSet = record.overrides.join(' ');
  const wantedSet = wanted.overrides.join(' ');
  const lines = [
    record.experiment === wanted.experiment ? '' : `experiment ${record.experiment}`,
    record.shrink === wanted.shrink ? '' : `--shrink ${record.shrink}, not ${wanted.shrink}`,
    record.split === wanted.split ? '' : `--split ${record.split}, not ${wanted.split}`,
    recordedSet === wantedSet ? '' : `--set "${recordedSet}", not "${wantedSet}"`,
  ].filter((line) => line !== '');
  return lines.length > 0 ? lines.join('; ') : undefined;
}

/**
 * Writes the record of a new folder; an existing one must be of the same experiment, made in the same way.
 * @throws SpikeBridgeError (run-folder) that says what differs.
 */
export async function claimExperimentFolder(folder: string, wanted: WantedExperiment): Promise<void> {
  const record = await readExperimentRecord(folder);
  const differs = record && difference(record, wanted);
  if (differs) {
    throw new SpikeBridgeError(
      'run-folder',
      `this folder holds an experiment with ${differs}`,
      'Choose another folder with --out, or repeat the options it was begun with.',
      { file: experimentFile(folder, 'record') },
    );
  }
  if (!record) {
    const complete: ExperimentRecord = { ...wanted, engineVersion: ENGINE_VERSION };
    await writeAtomically(experimentFile(folder, 'record'), `${JSON.stringify(complete, null, 2)}\n`);
  }
}

/** Default folder: trials and other splits never lie beside full runs. */
export function defaultExperimentFolder({ experiment, shrink, overrides, split }: WantedExperiment): string {
  const parts = [
    experiment,
    ...(split === 'default' ? [] : [split]),
    ...(shrink === 1 ? [] : [`shrink${shrink}`]),
    ...overrides.map((override) => override.replace(/[^A-Za-z0-9.=-]+/g, '_')),
  ];
  return path.resolve('experiments', parts.join('-').slice(0, LONGEST_NAME));
}

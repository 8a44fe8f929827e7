import { readdir, readFile } from 'node:fs/promises';
import { runFile } from '../runs/runFolder';
import type { RunStatus } from '../runs/runStatus';
import { readRunConfiguration } from '../runs/runStore';
import { configurationDifferences } from './configurationDifference';
import type { PlannedRun } from './plan';

/** What is to do for a run: nothing, all of it, or the rest; `changed` ones are refused. */
export type RunTodo =
  | { readonly kind: 'finished' | 'start' | 'resume' }
  | { readonly kind: 'changed'; readonly differences: readonly string[] };

/** status.json of a run folder; undefined where there is none. */
export async function readRunStatus(runFolder: string): Promise<RunStatus | undefined> {
  try {
    return JSON.parse(await readFile(runFile(runFolder, 'status'), 'utf8')) as RunStatus;
  } catch {
    return undefined;
  }
}

async function isEmpty(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length === 0;
}

/**
 * Looks at the folder of a planned run.
 * @throws SpikeBridgeError (run-folder, configuration) where it holds something else than a run.
 */
export async function todoOf({ runFolder, configuration }: PlannedRun): Promise<RunTodo> {
  if (await isEmpty(runFolder)) {
    return { kind: 'start' };
  }
  const recorded = await readRunConfiguration(runFolder);
  const differences = configurationDifferences(recorded, configuration);
  if (differences.length > 0) {
    return { kind: 'changed', differences };
  }
  const status = await readRunStatus(runFolder);
  return { kind: status?.state === 'finished' ? 'finished' : 'resume' };
}

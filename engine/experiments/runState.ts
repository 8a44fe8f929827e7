import { readdir } from 'node:fs/promises';
import { readRunStatus } from '../runs/readRunStatus';
import { readRunConfiguration } from '../runs/runStore';
import { configurationDifferences } from './configurationDifference';
import type { PlannedRun } from './plan';

/** What is to do for a run: nothing, all of it, or the rest; `changed` ones are refused. */
export type RunTodo =
  | { readonly kind: 'finished' | 'start' | 'resume' }
  | { readonly kind: 'changed'; readonly differences: readonly string[] };

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

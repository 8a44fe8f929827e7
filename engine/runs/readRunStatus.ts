import { readFile } from 'node:fs/promises';
import { runFile } from './runFolder';
import type { RunStatus } from './runStatus';

/** status.json of a run folder; undefined where there is none. */
export async function readRunStatus(runFolder: string): Promise<RunStatus | undefined> {
  try {
    return JSON.parse(await readFile(runFile(runFolder, 'status'), 'utf8')) as RunStatus;
  } catch {
    return undefined;
  }
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { EvaluationRecord, IterationRecord, MetricsRecord } from '../../engine/runs/metricsRecord';
import { runFile } from '../../engine/runs/runFolder';
import type { RunStatus } from '../../engine/runs/runStatus';
import { waitFor } from './waitFor';

/** status.json of a run folder; undefined while there is none. */
export function readStatus(runFolder: string): RunStatus | undefined {
  const file = runFile(runFolder, 'status');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** All complete lines of metrics.jsonl. */
export function readMetrics(runFolder: string): MetricsRecord[] {
  const text = readFileSync(runFile(runFolder, 'metrics'), 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

export function iterationsOf(records: readonly MetricsRecord[]): IterationRecord[] {
  return records.filter((record) => record.kind === 'iteration');
}

export function evaluationsOf(records: readonly MetricsRecord[]): EvaluationRecord[] {
  return records.filter((record) => record.kind === 'evaluation');
}

/** Folders below `runsFolder`, sorted by name; empty when it does not exist. */
export function runFolders(runsFolder: string): string[] {
  return existsSync(runsFolder)
    ? readdirSync(runsFolder)
        .sort()
        .map((name) => path.join(runsFolder, name))
    : [];
}

/** The single run folder in `runsFolder`, once its status can be read. */
export function waitForRunFolder(runsFolder: string): Promise<string> {
  return waitFor(`run folder in ${runsFolder}`, () => runFolders(runsFolder).find(readStatus), 60_000);
}

/** The status of a run once `condition` holds. */
export function waitForStatus(
  runFolder: string,
  what: string,
  condition: (status: RunStatus) => boolean,
  limitMs = 120_000,
): Promise<RunStatus> {
  return waitFor(
    what,
    () => {
      const status = readStatus(runFolder);
      return status && condition(status) && status;
    },
    limitMs,
  );
}

/**
 * Suspends the run's engine process after its `iteration`-th iteration, so that a test sees a run in the middle on a
 * machine of any speed. Resolves to the process's id; let it go on with SIGCONT.
 */
export async function holdRun(runFolder: string, iteration: number): Promise<number> {
  const { processId } = await waitForStatus(
    runFolder,
    `iteration ${iteration}`,
    (status) => status.state === 'running' && status.iteration >= iteration,
  );
  process.kill(processId, 'SIGSTOP');
  return processId;
}

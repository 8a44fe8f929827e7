import { access, readFile } from 'node:fs/promises';
import os from 'node:os';
import type { ErrorReport } from '../../engine/errors';
import { runFile } from '../../engine/runs/runFolder';
import type { RunStatus } from '../../engine/runs/runStatus';
import { lastCheckpointIteration } from './checkpointIteration';
import { exitCause } from './exitCauses';
import { isProcessAlive } from './processAlive';

/** Whether a run with this status has a process that works on it. */
export function isLive(status: RunStatus): boolean {
  return status.state === 'preparing' || status.state === 'running';
}

/** Whether the run ended early, so that it can be offered for resuming. */
export function isResumable(status: RunStatus): boolean {
  return status.state === 'stopped' || status.state === 'failed';
}

/** What is on disk to continue from; `iteration` is absent where the checkpoint does not say. */
export interface CheckpointState {
  readonly present: boolean;
  readonly iteration?: number;
}

function checkpointText({ present, iteration }: CheckpointState): string {
  if (!present) {
    return 'No checkpoint had been written yet.';
  }
  return iteration === undefined
    ? 'Its last checkpoint is complete.'
    : `The last checkpoint is of iteration ${iteration}.`;
}

/** What to do after an engine ended in mid-run. */
export function nextStepAfterCrash(checkpoint: CheckpointState): string {
  return checkpoint.present
    ? 'Choose "Resume Run" to continue from the last checkpoint.'
    : 'Start the run again; no iteration was saved.';
}

/** The status of a run whose engine is gone although status.json says that it works. */
export function crashedStatus(status: RunStatus, checkpoint: CheckpointState): RunStatus {
  const error: ErrorReport = {
    category: 'training',
    message: `The engine process of "${status.name}" (${status.processId}) ${exitCause(status.processId)} at iteration ${status.iteration} of ${status.iterations}. ${checkpointText(checkpoint)}`,
    nextStep: nextStepAfterCrash(checkpoint),
  };
  return { ...status, state: 'failed', activity: 'ended unexpectedly', secondsLeft: undefined, error };
}

/** The checkpoint a run folder can continue from. */
export async function checkpointState(runFolder: string): Promise<CheckpointState> {
  const present = await access(runFile(runFolder, 'lastCheckpoint')).then(
    () => true,
    () => false,
  );
  return present ? { present, iteration: await lastCheckpointIteration(runFolder) } : { present };
}

/** status.json of a run folder as written; undefined when missing or unreadable. */
export async function readStatusFile(runFolder: string): Promise<RunStatus | undefined> {
  try {
    return JSON.parse(await readFile(runFile(runFolder, 'status'), 'utf8')) as RunStatus;
  } catch {
    return undefined;
  }
}

/**
 * What is true of a run now: status.json, corrected where its process on this machine no longer lives.
 * @returns undefined when the folder has no readable status.json.
 */
export async function readEffectiveStatus(runFolder: string): Promise<RunStatus | undefined> {
  const status = await readStatusFile(runFolder);
  if (!status || !isLive(status) || status.hostName !== os.hostname()) {
    return status;
  }
  if (await isProcessAlive(status.processId)) {
    return status;
  }
  // The engine may have written its last status between the two looks.
  const last = (await readStatusFile(runFolder)) ?? status;
  return isLive(last) ? crashedStatus(last, await checkpointState(runFolder)) : last;
}

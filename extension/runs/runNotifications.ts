import * as vscode from 'vscode';
import { runFile } from '../../engine/runs/runFolder';
import type { RunStatus } from '../../engine/runs/runStatus';
import { percentText, progressText, runShare } from '../../engine/runs/runText';
import type { ErrorContext } from '../errors/errorActions';
import type { ErrorPresenter } from '../errors/errorPresenter';
import { type CheckpointState, checkpointState } from './effectiveStatus';
import type { LiveRun } from './liveRun';

function setting<T>(name: string, fallback: T): T {
  return vscode.workspace.getConfiguration('spikebridge.notifications').get(name, fallback);
}

/** Shows a live run as a progress notification whose cancel button stops the run. */
export function showProgress(run: LiveRun): void {
  if (!setting('progress', true)) {
    return;
  }
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `SpikeBridge: ${run.status.name}`,
    cancellable: true,
  };
  void vscode.window.withProgress(options, async (progress, token) => {
    let shown = 0;
    const report = (status: RunStatus) => {
      const percent = runShare(status) * 100;
      const message = token.isCancellationRequested
        ? 'finishing the iteration and writing a checkpoint…'
        : progressText(status);
      progress.report({ message, increment: Math.max(0, percent - shown) });
      shown = Math.max(shown, percent);
    };
    report(run.status);
    const listener = run.onDidChange(report);
    token.onCancellationRequested(() => void run.stop());
    await run.ended;
    listener.dispose();
  });
}

function endMessage(status: RunStatus): string {
  const accuracy =
    status.lastAccuracy === undefined ? '' : `, test accuracy ${percentText(status.lastAccuracy)}`;
  return status.state === 'finished'
    ? `The run "${status.name}" has finished${accuracy}.`
    : `The run "${status.name}" was stopped at iteration ${status.iteration} of ${status.iterations}${accuracy}.`;
}

/** A run that failed before its first iteration needs another configuration, which a resume would not read. */
function failureContext(runFolder: string, status: RunStatus, checkpoint: CheckpointState): ErrorContext {
  // A resumed run counts from 0 until it trains, but its checkpoint is further.
  return Math.max(status.iteration, checkpoint.iteration ?? 0) === 0
    ? { runFolder, configurationFile: runFile(runFolder, 'configuration') }
    : { runFolder, resumable: checkpoint.present };
}

/** Tells how a run has ended; a failure comes with what to do next. */
export async function showEnd(run: LiveRun, status: RunStatus, errors: ErrorPresenter): Promise<void> {
  const { runFolder } = run;
  if (status.state === 'failed') {
    const checkpoint = await checkpointState(runFolder);
    const report = status.error ?? {
      category: 'training' as const,
      message: `The run "${status.name}" failed at iteration ${status.iteration}.`,
      nextStep: 'Choose "Show Log" for the reason.',
    };
    await errors.showReport(report, failureContext(runFolder, status, checkpoint));
    return;
  }
  if (setting('runEnd', true)) {
    const actions = status.state === 'stopped' ? ['Resume Run', 'Open Dashboard'] : ['Open Dashboard'];
    const chosen = await vscode.window.showInformationMessage(
      `SpikeBridge: ${endMessage(status)}`,
      ...actions,
    );
    const commands: Record<string, string> = {
      'Resume Run': 'spikebridge.resumeRun',
      'Open Dashboard': 'spikebridge.openDashboard',
    };
    if (chosen && commands[chosen]) {
      await vscode.commands.executeCommand(commands[chosen], runFolder);
    }
  }
}

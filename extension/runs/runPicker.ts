import path from 'node:path';
import * as vscode from 'vscode';
import { RUN_FILES } from '../../engine/runs/runFolder';
import type { RunStatus } from '../../engine/runs/runStatus';
import { percentText } from '../../engine/runs/runText';
import { isLive, readEffectiveStatus } from './effectiveStatus';
import type { RunRegistry } from './runRegistry';

const MAX_FOUND = 200;
const STATE_ICONS: Record<RunStatus['state'], string> = {
  preparing: 'loading~spin',
  running: 'pulse',
  stopped: 'debug-pause',
  finished: 'pass',
  failed: 'error',
};

type RunChoice = vscode.QuickPickItem & { readonly runFolder?: string; readonly browse?: boolean };
interface KnownRun {
  readonly runFolder: string;
  readonly status: RunStatus;
}

/** Run folders of this window and of the workspace (also those of the command line), live ones first, then newest. */
async function knownRuns(registry: RunRegistry): Promise<KnownRun[]> {
  const found = await vscode.workspace.findFiles(`**/${RUN_FILES.metrics}`, '**/node_modules/**', MAX_FOUND);
  const folders = new Set([...registry.folders(), ...found.map(({ fsPath }) => path.dirname(fsPath))]);
  const runs = await Promise.all(
    [...folders].map(async (runFolder) => ({ runFolder, status: await readEffectiveStatus(runFolder) })),
  );
  return runs
    .filter((run): run is KnownRun => run.status !== undefined)
    .sort(
      (one, other) =>
        Number(isLive(other.status)) - Number(isLive(one.status)) ||
        other.status.startedAt.localeCompare(one.status.startedAt),
    );
}

function choiceOf({ runFolder, status }: KnownRun): RunChoice {
  const accuracy = status.bestAccuracy === undefined ? '' : `, best ${percentText(status.bestAccuracy)}`;
  return {
    label: `$(${STATE_ICONS[status.state]}) ${status.name}`,
    description: `${status.state}, ${status.method}, iteration ${status.iteration}/${status.iterations}${accuracy}`,
    detail: vscode.workspace.asRelativePath(runFolder),
    runFolder,
  };
}

async function browse(): Promise<string | undefined> {
  const folders = await vscode.window.showOpenDialog({
    title: 'Choose a Run Folder',
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: 'Open Run Folder',
  });
  return folders?.[0]?.fsPath;
}

/**
 * Lets the user pick a run folder; a single live one is taken without asking.
 * @param suitable which runs to offer.
 * @param none what to say, instead of a choice of folders, when no run is suitable.
 */
export async function pickRun(
  registry: RunRegistry,
  title: string,
  suitable: (status: RunStatus) => boolean,
  none?: string,
): Promise<string | undefined> {
  const runs = (await knownRuns(registry)).filter(({ status }) => suitable(status));
  if (runs.length === 0 && none !== undefined) {
    void vscode.window.showInformationMessage(none);
    return undefined;
  }
  const [first, second] = runs;
  if (first && isLive(first.status) && (!second || !isLive(second.status))) {
    return first.runFolder;
  }
  const choices: RunChoice[] = [
    ...runs.map(choiceOf),
    { label: '$(folder-opened) Browse…', description: 'another run folder', browse: true },
  ];
  const choice = await vscode.window.showQuickPick(choices, {
    title,
    placeHolder: 'Pick a run',
    matchOnDetail: true,
  });
  return choice?.browse ? browse() : choice?.runFolder;
}

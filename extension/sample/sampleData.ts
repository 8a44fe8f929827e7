import * as vscode from 'vscode';
import { type CreateSampleResult, requests } from '../../engine/protocol/engineProtocol';
import type { EngineLauncher } from '../engine/engineLauncher';

const DEFAULT_NAME = 'spikebridge-sample';

/** Asks where the sample data goes: a new folder of the workspace, or any other. */
async function askFolder(): Promise<vscode.Uri | undefined> {
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  const browse = { label: '$(folder-opened) Other folder…', target: undefined };
  if (workspace) {
    const target = vscode.Uri.joinPath(workspace.uri, DEFAULT_NAME);
    const inside = { label: `$(new-folder) ${DEFAULT_NAME}`, description: 'in this workspace', target };
    const choice = await vscode.window.showQuickPick([inside, browse], {
      title: 'Create Sample Data',
      placeHolder: 'Where to create the recordings, images and run configurations (about 20 MB)',
    });
    if (!choice || choice.target) {
      return choice?.target;
    }
  }
  const parents = await vscode.window.showOpenDialog({
    title: 'Create Sample Data',
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: `Create ${DEFAULT_NAME} Here`,
  });
  return parents?.[0] && vscode.Uri.joinPath(parents[0], DEFAULT_NAME);
}

/** Lets an engine process write the sample data, with progress and cancel. */
async function createIn(folder: string, launcher: EngineLauncher): Promise<CreateSampleResult> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'SpikeBridge: creating sample data',
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const engine = await launcher.start();
    let shown = 0;
    const listener = engine.onProgress(({ message, fraction }) => {
      progress.report({ message, increment: (fraction - shown) * 100 });
      shown = fraction;
    });
    try {
      return await engine.request(requests.createSample, { folder }, token);
    } catch (error) {
      throw token.isCancellationRequested ? new vscode.CancellationError() : error;
    } finally {
      listener.dispose();
      engine.dispose();
    }
  });
}

/**
 * Creates the sample data and offers to start its recommended run.
 * @returns undefined when the user gave no folder.
 */
export async function createSampleData(
  launcher: EngineLauncher,
  folder?: vscode.Uri,
): Promise<CreateSampleResult | undefined> {
  const target = folder ?? (await askFolder());
  if (!target) {
    return undefined;
  }
  const sample = await createIn(target.fsPath, launcher);
  void offerStart(sample);
  return sample;
}

async function offerStart({ folder, configurationFiles }: CreateSampleResult): Promise<void> {
  const start = 'Start Transfer Run';
  const chosen = await vscode.window.showInformationMessage(
    `SpikeBridge: the sample data is in ${vscode.workspace.asRelativePath(folder)}.`,
    start,
  );
  if (chosen === start && configurationFiles[0]) {
    await vscode.commands.executeCommand('spikebridge.startRun', vscode.Uri.file(configurationFiles[0]));
  }
}

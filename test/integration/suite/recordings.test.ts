import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { turningBar, writeRecording } from '../../tools/recordingFiles';
import { waitFor } from '../../tools/waitFor';

const SIZE = { width: 64, height: 48 };

function folder(): string {
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(workspace, 'a workspace is open');
  return workspace.uri.fsPath;
}

function activeViewType(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.viewType : undefined;
}

describe('recordings', () => {
  const events = turningBar({ size: SIZE, milliseconds: 100, eventsPerMillisecond: 20 });

  before(async () => {
    for (const name of ['small.aedat4', 'small.raw']) {
      await writeRecording(path.join(folder(), name), events, SIZE);
    }
  });

  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('an .aedat4 opens in the editor of recordings', async () => {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path.join(folder(), 'small.aedat4')));
    await waitFor('the editor', () => activeViewType() === 'spikebridge.recording');
  });

  it('a suffix that others use too does not', async () => {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path.join(folder(), 'small.raw')));
    await waitFor('an editor', () => vscode.window.tabGroups.activeTabGroup.activeTab !== undefined);
    assert.equal(activeViewType(), undefined);
  });

  it('the command opens any file in the editor of recordings', async () => {
    const file = path.join(folder(), 'small.raw');
    const opened = await vscode.commands.executeCommand<vscode.Uri>('spikebridge.openRecording', file);
    assert.equal(opened?.fsPath, file);
    await waitFor('the editor', () => activeViewType() === 'spikebridge.recording');
  });

  it('an editor can be closed and opened again', async () => {
    const uri = vscode.Uri.file(path.join(folder(), 'small.aedat4'));
    for (let round = 0; round < 3; round++) {
      await vscode.commands.executeCommand('vscode.open', uri);
      await waitFor('the editor', () => activeViewType() === 'spikebridge.recording');
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await waitFor('no editor', () => activeViewType() === undefined);
    }
  });
});

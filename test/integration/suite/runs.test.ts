import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { CreateSampleResult, DoctorResult } from '../../../engine/protocol/engineProtocol';
import type { RunStatus } from '../../../engine/runs/runStatus';
import { quickConfiguration } from '../../tools/quickRun';
import { waitFor } from '../../tools/waitFor';

const MINUTES = 60_000;

function dashboardTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith('spikebridge.dashboard'),
    );
}

async function statusOf(runFolder: string): Promise<RunStatus> {
  return JSON.parse(await readFile(path.join(runFolder, 'status.json'), 'utf8'));
}

/** Dialogs are refused while tests run, so every command gets what it would ask for. */
describe('runs in the extension host', function () {
  this.timeout(5 * MINUTES);
  let folder: string;
  let sample: CreateSampleResult;
  const runFolders: string[] = [];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-integration-'));
  });
  after(async () => {
    for (const runFolder of runFolders) {
      if ((await statusOf(runFolder)).state === 'running') {
        await vscode.commands.executeCommand('spikebridge.stopRun', runFolder);
      }
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('tell which backends there are', async () => {
    const doctor = await vscode.commands.executeCommand<DoctorResult>('spikebridge.doctor');
    assert.ok(doctor.backends.some(({ name, available }) => name === 'cpu' && available));
    assert.ok(doctor.backends.some(({ name, available }) => name === doctor.automatic.name && available));
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  });

  it('have sample data that one command creates', async () => {
    const target = vscode.Uri.file(path.join(folder, 'sample'));
    sample = await vscode.commands.executeCommand<CreateSampleResult>('spikebridge.createSample', target);
    assert.equal(sample.folder, target.fsPath);
    assert.ok(sample.configurationFiles.every((file) => file.endsWith('.transfer.jsonc')));
    assert.ok(sample.configurationFiles.length >= 2);
  });

  it('are not started from a configuration with a mistake, which is listed', async () => {
    const file = path.join(folder, 'mistake.transfer.jsonc');
    await writeFile(file, '{\n  "method": "events-only",\n  "seed": "one"\n}\n');
    const uri = vscode.Uri.file(file);
    assert.equal(await vscode.commands.executeCommand('spikebridge.startRun', uri), undefined);
    const problems = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'SpikeBridge');
    assert.ok(problems.some(({ message, range }) => message.includes('seed') && range.start.line === 2));
  });

  it('start, show a dashboard, stop with a checkpoint, and resume', async () => {
    const file = path.join(folder, 'quick.transfer.jsonc');
    const options = { name: 'quick', iterations: 2000, evaluateEvery: 1000 };
    await writeFile(file, quickConfiguration(sample.folder, options));
    const start = () => vscode.commands.executeCommand<string>('spikebridge.startRun', vscode.Uri.file(file));
    const runFolder = await start();
    assert.ok(runFolder, 'the run did not start');
    runFolders.push(runFolder);
    await waitFor('a dashboard', () => dashboardTabs().length === 1);
    await waitFor('five iterations', async () => (await statusOf(runFolder)).iteration >= 5, MINUTES);

    await vscode.commands.executeCommand('spikebridge.stopRun', runFolder);
    const stopped = await statusOf(runFolder);
    assert.equal(stopped.state, 'stopped');

    const resumed = await vscode.commands.executeCommand<string>('spikebridge.resumeRun', runFolder);
    assert.equal(resumed, runFolder);
    assert.equal(dashboardTabs().length, 1);
    await waitFor(
      'further iterations',
      async () => (await statusOf(runFolder)).iteration > stopped.iteration,
    );
    await vscode.commands.executeCommand('spikebridge.stopRun', runFolder);
    assert.equal((await statusOf(runFolder)).state, 'stopped');
  });

  it('are not opened from a folder that holds none', async () => {
    const before = dashboardTabs().length;
    await vscode.commands.executeCommand('spikebridge.openDashboard', folder);
    assert.equal(dashboardTabs().length, before);
  });
});

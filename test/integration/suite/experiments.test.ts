import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { CreateSampleResult } from '../../../engine/protocol/engineProtocol';
import type { RunStatus } from '../../../engine/runs/runStatus';
import { waitFor } from '../../tools/waitFor';

const MINUTES = 60_000;
const SMALL = [
  'network.channels=[2,2]',
  'network.units=16',
  'frames.timeSteps=2',
  'training.batchPairs=10',
  'training.epochs=1',
];

/** Dialogs are refused while tests run, so every command gets what it would ask for. */
describe('experiments and checkpoints in the extension host', function () {
  this.timeout(5 * MINUTES);
  let folder: string;
  let sample: CreateSampleResult;
  let checkpoint: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-experiments-'));
    const target = vscode.Uri.file(path.join(folder, 'sample'));
    sample = await vscode.commands.executeCommand<CreateSampleResult>('spikebridge.createSample', target);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('run every row, and show the table', async () => {
    const out = path.join(folder, 'experiment');
    const begun = await vscode.commands.executeCommand<string>(
      'spikebridge.runExperiment',
      path.join(sample.folder, 'events'),
      {
        name: 'n-mnist',
        images: path.join(sample.folder, 'images'),
        rows: ['events-only', 'ktl'],
        seeds: [3],
        set: SMALL,
        out,
      },
    );
    assert.equal(begun, out);
    const table = () => readFile(path.join(out, 'table.md'), 'utf8').catch(() => '');
    await waitFor(
      'a table of both rows',
      async () => /events only \| 1 [\s\S]*full method \| 1 /.test(await table()),
      4 * MINUTES,
    );
    assert.match(await table(), /TRIAL, not comparable/);
    const run = path.join(out, 'ktl-seed3');
    const status: RunStatus = JSON.parse(await readFile(path.join(run, 'status.json'), 'utf8'));
    assert.equal(status.state, 'finished');
    checkpoint = path.join(run, 'checkpoints', 'final.safetensors');
    const shown = () =>
      vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.includes('table.md')));
    await waitFor('the table in an editor', shown);
  });

  it('are not run where the data are missing', async () => {
    const missing = path.join(folder, 'nothing');
    const request = { name: 'nmnist-1k', out: path.join(folder, 'none') };
    assert.equal(
      await vscode.commands.executeCommand('spikebridge.runExperiment', missing, request),
      undefined,
    );
  });

  it('evaluate a checkpoint', async () => {
    const evaluation = await vscode.commands.executeCommand<{ accuracy: number; recordings: number }>(
      'spikebridge.evaluateCheckpoint',
      checkpoint,
    );
    assert.ok(evaluation.recordings > 0 && evaluation.accuracy >= 0 && evaluation.accuracy <= 1);
  });

  it('convert a checkpoint', async () => {
    const written = path.join(folder, 'converted.safetensors');
    assert.equal(
      await vscode.commands.executeCommand('spikebridge.convertCheckpoint', checkpoint, written),
      written,
    );
    assert.ok((await readFile(written)).length > 0);
  });

  it('check a data set', async () => {
    const report = await vscode.commands.executeCommand<string>('spikebridge.checkDataSet', sample.folder);
    assert.match(report, /n-mnist/);
    assert.ok(vscode.window.activeTextEditor?.document.getText().includes('n-mnist'));
  });
});

import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RunUpdate } from '../../../engine/protocol/dashboardProtocol';
import { RunFolderReader } from '../../../extension/runs/runFolderReader';
import { evaluationRecord, iterationRecord, syntheticStatus } from '../webviews/support/syntheticRun';
import { until } from './fixtures/engineBench';

const LINE = (iteration: number) => `${JSON.stringify(iterationRecord(iteration, { iterations: 10 }))}\n`;

describe('RunFolderReader', () => {
  let folder: string;
  let reader: RunFolderReader;
  const metrics = () => path.join(folder, 'metrics.jsonl');
  const writeStatus = (change = {}) =>
    writeFile(path.join(folder, 'status.json'), JSON.stringify(syntheticStatus(1, 10, change)));

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'spikebridge-run-'));
    reader = new RunFolderReader(folder);
  });
  afterEach(async () => {
    reader.dispose();
    await rm(folder, { recursive: true });
  });

  it('has no snapshot of a folder that holds no run', async () => {
    assert.equal(await reader.snapshot(), undefined);
  });

  it('gives the whole run, then only what is new', async () => {
    await writeStatus();
    await writeFile(metrics(), `${LINE(1)}${JSON.stringify(evaluationRecord(1, 10))}\nnot json\n${LINE(2)}`);
    const snapshot = await reader.snapshot();
    assert.deepEqual(
      snapshot?.records.map(({ kind, iteration }) => [kind, iteration]),
      [
        ['iteration', 1],
        ['evaluation', 1],
        ['iteration', 2],
      ],
    );
    const updates: RunUpdate[] = [];
    reader.onDidUpdate((update) => updates.push(update));
    await appendFile(metrics(), LINE(3));
    await reader.refresh();
    await reader.refresh();
    assert.equal(updates.length, 1);
    assert.deepEqual(
      updates[0]?.newRecords.map(({ iteration }) => iteration),
      [3],
    );
    assert.equal((await reader.snapshot())?.records.length, 4);
  });

  it('notices changes by itself', async () => {
    await writeStatus();
    const seen: number[] = [];
    reader.onDidUpdate(({ newRecords }) => seen.push(...newRecords.map(({ iteration }) => iteration)));
    reader.watch();
    await writeFile(metrics(), LINE(1));
    await until(() => seen.includes(1));
    await appendFile(metrics(), LINE(2));
    await until(() => seen.includes(2));
    assert.deepEqual(seen, [1, 2]);
  });

  it('starts again when the metrics were cut back', async () => {
    await writeStatus();
    await writeFile(metrics(), LINE(1) + LINE(2) + LINE(3));
    await reader.snapshot();
    const updates: RunUpdate[] = [];
    reader.onDidUpdate((update) => updates.push(update));
    await writeFile(metrics(), LINE(1));
    await reader.refresh();
    assert.equal(updates[0]?.reset, true);
    assert.equal((await reader.snapshot())?.records.length, 1);
  });

  it('says that a run has failed when its process on this machine is gone', async () => {
    await writeStatus({ hostName: os.hostname(), processId: 2 ** 22 + 1, iteration: 7 });
    const snapshot = await reader.snapshot();
    assert.equal(snapshot?.status.state, 'failed');
    assert.match(
      snapshot!.status.error!.message,
      /ended without notice at iteration 7 of 10\. No checkpoint/,
    );
  });

  it('believes the status of a run on another machine', async () => {
    await writeStatus({ hostName: `not-${os.hostname()}`, processId: 2 ** 22 + 1 });
    assert.equal((await reader.snapshot())?.status.state, 'running');
  });
});

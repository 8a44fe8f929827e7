import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SpikeBridgeError } from '../../../engine/errors';
import { readCheckpoint } from '../../../engine/runs/checkpoint';
import { parseMetrics } from '../../../engine/runs/metricsFile';
import type { MetricsRecord } from '../../../engine/runs/metricsRecord';
import { runFile } from '../../../engine/runs/runFolder';
import type { RunStatus } from '../../../engine/runs/runStatus';
import { type RunRequest, TransferRun } from '../../../engine/training/transferRun';
import { makeTinySample, type TinySample } from './tinySample';

interface Ended {
  readonly status: RunStatus;
  readonly runFolder: string;
}

/** Runs to the end, or until an iteration after which to stop. */
async function run(request: RunRequest, stopAfter = Number.POSITIVE_INFINITY): Promise<Ended> {
  const abort = new AbortController();
  const opened = await TransferRun.open(request, {
    onStatus: () => {},
    onRecord: ({ iteration }) => {
      if (iteration >= stopAfter) {
        abort.abort();
      }
    },
  });
  return { status: await opened.execute(abort.signal), runFolder: opened.runFolder };
}

/** Records without the figures that depend on the clock. */
async function timelessMetrics(runFolder: string): Promise<Partial<MetricsRecord>[]> {
  const records = parseMetrics(await readFile(runFile(runFolder, 'metrics'), 'utf8'));
  return records.map((record) => {
    const { elapsedSeconds, ...rest } = record;
    assert.ok(elapsedSeconds > 0);
    return 'pairsPerSecond' in rest ? { ...rest, pairsPerSecond: 0 } : rest;
  });
}

const isError = (category: string, message: RegExp) => (error: unknown) =>
  error instanceof SpikeBridgeError &&
  error.category === category &&
  message.test(error.message) &&
  error.nextStep !== '';

describe('transfer run', function () {
  this.timeout(120_000);
  let sample: TinySample;
  let whole: Ended;

  before(async () => {
    sample = await makeTinySample();
    whole = await run({ configurationFile: await sample.configuration() });
  });
  after(() => sample.dispose());

  it('finishes with a complete folder', async () => {
    assert.equal(whole.status.state, 'finished', JSON.stringify(whole.status.error));
    assert.equal(whole.status.iteration, 6);
    const files = await readdir(whole.runFolder, { recursive: true });
    assert.deepEqual(files.sort(), [
      'checkpoints',
      'checkpoints/best.safetensors',
      'checkpoints/final.safetensors',
      'checkpoints/last.safetensors',
      'configuration.json',
      'engine.log',
      'environment.json',
      'metrics.jsonl',
      'split.json',
      'status.json',
    ]);
    const status = JSON.parse(await readFile(runFile(whole.runFolder, 'status'), 'utf8')) as RunStatus;
    assert.deepEqual(status, whole.status);
  });

  it('records every iteration and evaluation', async () => {
    const records = parseMetrics(await readFile(runFile(whole.runFolder, 'metrics'), 'utf8'));
    const kinds = records.map(({ kind, iteration }) => `${kind[0]}${iteration}`);
    assert.deepEqual(kinds, ['i1', 'i2', 'i3', 'e3', 'i4', 'i5', 'i6', 'e6']);
    const last = records.at(-2);
    assert.ok(last?.kind === 'iteration');
    assert.equal(last.cka?.length, 2);
    assert.equal(last.coefficients?.length, 2);
    assert.equal(last.replacementProbability, (5 / 6) ** 3);
    assert.equal(Object.keys(last.firingRates).length, 6);
    const evaluation = records.at(-1);
    assert.ok(evaluation?.kind === 'evaluation');
    assert.equal(evaluation.recordings, 10);
    assert.equal(
      evaluation.confusion.flat().reduce((sum, count) => sum + count),
      10,
    );
    assert.equal(evaluation.accuracy, whole.status.lastAccuracy);
  });

  it("names parameters as the authors' state dict does", async () => {
    const { arrays } = await readCheckpoint(runFile(whole.runFolder, 'finalCheckpoint'));
    const names = [
      'coefficient.0',
      'feature.0.conv.weight',
      'feature.7.bn.running_var',
      'feature.0.node.threshold',
      'dvs_fc.1.bias',
    ];
    assert.deepEqual(
      names.filter((name) => !arrays.has(name)),
      [],
    );
    assert.deepEqual(arrays.get('feature.0.conv.weight')?.shape, [2, 2, 3, 3]);
  });

  it('gives the same metrics for the same seed, others for another', async () => {
    const configurationFile = await sample.configuration();
    const again = await run({ configurationFile });
    assert.deepEqual(await timelessMetrics(again.runFolder), await timelessMetrics(whole.runFolder));
    const other = await run({ configurationFile, seed: 6 });
    assert.notDeepEqual(await timelessMetrics(other.runFolder), await timelessMetrics(whole.runFolder));
  });

  it('continues a stopped run exactly', async () => {
    const stopped = await run({ configurationFile: await sample.configuration() }, 4);
    assert.equal(stopped.status.state, 'stopped');
    assert.equal(stopped.status.iteration, 4);
    const resumed = await run({ resumeFolder: stopped.runFolder });
    assert.equal(resumed.status.state, 'finished', JSON.stringify(resumed.status.error));
    assert.deepEqual(await timelessMetrics(resumed.runFolder), await timelessMetrics(whole.runFolder));
    const [ours, theirs] = await Promise.all(
      [resumed, whole].map(({ runFolder }) => readCheckpoint(runFile(runFolder, 'finalCheckpoint'))),
    );
    assert.deepEqual(ours!.arrays, theirs!.arrays);
  });

  it('drops records after the checkpoint and a line that a crash cut off', async () => {
    const stopped = await run({ configurationFile: await sample.configuration() }, 4);
    const metrics = runFile(stopped.runFolder, 'metrics');
    const text = await readFile(metrics, 'utf8');
    await writeFile(metrics, `${text}{"kind":"iteration","iteration":5,"lo`);
    const resumed = await run({ resumeFolder: stopped.runFolder });
    assert.deepEqual(await timelessMetrics(resumed.runFolder), await timelessMetrics(whole.runFolder));
  });

  it('stops on a stop request in the folder', async () => {
    const configurationFile = await sample.configuration({
      training: { batchPairs: 4, iterations: 500, evaluateEvery: 500 },
    });
    const opened = await TransferRun.open({ configurationFile }, { onStatus: () => {} });
    await writeFile(runFile(opened.runFolder, 'stopRequest'), '');
    const status = await opened.execute(new AbortController().signal);
    assert.equal(status.state, 'stopped');
    assert.deepEqual(
      (await readdir(opened.runFolder)).filter((file) => file.startsWith('stop') || file.endsWith('lock')),
      [],
    );
  });

  it('stops at a loss that is not finite and keeps the last good checkpoint', async () => {
    const optimizer = { warmup: 0, learningRate: 1e30, decay: 'constant' };
    const { status, runFolder } = await run({ configurationFile: await sample.configuration({ optimizer }) });
    assert.equal(status.state, 'failed');
    assert.match(
      status.error!.message,
      /not finite at iteration \d+; the checkpoint of iteration \d+ is kept/,
    );
    const { arrays } = await readCheckpoint(runFile(runFolder, 'lastCheckpoint'));
    const values = [...arrays.values()].flatMap((array) => [...array.values]);
    assert.ok(values.every(Number.isFinite));
  });

  it('trains the baselines', async () => {
    const eventsOnly = await run({
      configurationFile: await sample.configuration({ method: 'events-only' }),
    });
    assert.equal(eventsOnly.status.state, 'finished', JSON.stringify(eventsOnly.status.error));
    const joint = await run({ configurationFile: await sample.configuration({ method: 'joint' }) });
    assert.equal(joint.status.state, 'finished', JSON.stringify(joint.status.error));
    const [first] = parseMetrics(await readFile(runFile(joint.runFolder, 'metrics'), 'utf8'));
    assert.ok(first?.kind === 'iteration');
    assert.equal(first.cka, undefined);
    assert.equal(first.replacementProbability, undefined);
    assert.ok(Math.abs(first.loss.total - (first.loss.static! + first.loss.event!)) < 1e-5);
  });

  it('refuses a batch larger than the data, and leaves the reason in the folder', async () => {
    const training = { batchPairs: 40, iterations: 2 };
    const { status } = await run({ configurationFile: await sample.configuration({ training }) });
    assert.equal(status.state, 'failed');
    assert.match(status.error!.message, /40/);
  });

  it('refuses a folder that another process writes to, and takes over the lock of a dead one', async () => {
    const { runFolder } = await run({ configurationFile: await sample.configuration() }, 2);
    const lock = runFile(runFolder, 'lock');
    await writeFile(lock, JSON.stringify({ processId: process.ppid, hostName: os.hostname() }));
    await assert.rejects(
      run({ resumeFolder: runFolder }),
      isError('run-folder', /is writing to this run folder/),
    );
    await writeFile(lock, JSON.stringify({ processId: 2 ** 22 + 1, hostName: os.hostname() }));
    assert.equal((await run({ resumeFolder: runFolder })).status.state, 'finished');
  });

  it('refuses to write into a folder with other files, and to resume one that is no run', async () => {
    const configurationFile = await sample.configuration();
    await assert.rejects(
      run({ configurationFile, outFolder: sample.folder }),
      isError('run-folder', /not empty/),
    );
    await assert.rejects(
      run({ configurationFile, outFolder: whole.runFolder }),
      isError('run-folder', /already holds a run/),
    );
    await assert.rejects(run({ resumeFolder: sample.folder }), isError('run-folder', /not a run folder/));
  });

  it('refuses to continue on changed recordings', async () => {
    const changed = await makeTinySample();
    try {
      const { runFolder, status: before } = await run(
        { configurationFile: await changed.configuration() },
        2,
      );
      const recording = path.join(changed.folder, 'data/events/Train/0/00001.bin');
      const bytes = await readFile(recording);
      await writeFile(recording, bytes.subarray(0, bytes.length - 5));
      const { status } = await run({ resumeFolder: runFolder });
      assert.equal(status.state, 'failed');
      assert.match(status.error!.message, /recordings have changed/);
      const { iteration, lastAccuracy } = status;
      assert.deepEqual(
        { iteration, lastAccuracy },
        { iteration: before.iteration, lastAccuracy: before.lastAccuracy },
      );
      assert.ok(iteration > 0);
    } finally {
      await changed.dispose();
    }
  });

  it('names the precision that is really used, with its reason, in notice and record', async () => {
    const notices: string[] = [];
    const opened = await TransferRun.open(
      { configurationFile: await sample.configuration({ precision: 'f16' }) },
      { onStatus: () => {}, onNotice: (text) => notices.push(text) },
    );
    await opened.execute(new AbortController().signal);
    assert.match(notices[0]!, /precision f32: f16 was asked for, but cpu knows no other$/);
    const environment = JSON.parse(await readFile(runFile(opened.runFolder, 'environment'), 'utf8'));
    assert.equal(environment.backend.precision, 'f32');
    assert.match(environment.backend.precisionReason, /f16 was asked for/);
  });

  it('reports a read-only runs folder', async () => {
    if (process.getuid?.() === 0) {
      // Root may write anywhere: a file in the folder's place fails in the same code.
      const blocked = path.join(sample.folder, 'blocked');
      await writeFile(blocked, '');
      const configurationFile = await sample.configuration();
      await assert.rejects(
        run({ configurationFile, outFolder: path.join(blocked, 'x') }),
        isError('run-folder', /not a folder/),
      );
      return;
    }
    const readOnly = path.join(sample.folder, 'read-only');
    await mkdir(readOnly);
    await chmod(readOnly, 0o555);
    const configurationFile = await sample.configuration();
    await assert.rejects(
      run({ configurationFile, outFolder: path.join(readOnly, 'x') }),
      isError('run-folder', /cannot be written/),
    );
  });
});

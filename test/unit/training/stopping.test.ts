import assert from 'node:assert/strict';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { train } from '../../../engine/commands/train';
import { readRunStatus } from '../../../engine/runs/readRunStatus';
import { runFile } from '../../../engine/runs/runFolder';
import type { RunStatus } from '../../../engine/runs/runStatus';
import { TransferRun } from '../../../engine/training/transferRun';
import { fakeCompilation } from '../backends/fakeCompilation';
import { makeTinySample, type TinySample } from './tinySample';

const NEVER = new AbortController().signal;
const silent = { onStatus: () => {} };
const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

describe('how a run stops', function () {
  this.timeout(120_000);
  let sample: TinySample;
  before(async () => {
    sample = await makeTinySample();
  });
  after(() => sample.dispose());

  it('says that a stop waits for kernels that are compiled', async () => {
    await tf.setBackend('cpu');
    const read = tf.backend().read.bind(tf.backend());
    const slow = async (dataId: object) => {
      await delay(1300);
      return read(dataId);
    };
    const configurationFile = await sample.configuration();
    const abort = new AbortController();
    const activities = new Set<string>();
    const run = await TransferRun.open(
      { configurationFile },
      {
        onStatus: ({ activity }) => {
          activities.add(activity);
          if (activity.startsWith('compiling')) {
            abort.abort();
          }
        },
      },
    );
    const fake = await fakeCompilation({ read: slow });
    try {
      assert.equal((await run.execute(abort.signal)).state, 'stopped');
    } finally {
      fake.dispose();
    }
    const told = [...activities].filter((activity) => activity.startsWith('compiling'));
    assert.deepEqual(told, [
      'compiling kernels, 3 of 7',
      'compiling kernels, 3 of 7; the run stops after that',
    ]);
  });

  it('queues nothing behind the iteration that compiles kernels, and does not count its time as a speed', async () => {
    await tf.setBackend('cpu');
    const read = tf.backend().read.bind(tf.backend());
    const slow = async (dataId: object) => {
      await delay(700);
      return read(dataId);
    };
    const configurationFile = await sample.configuration();
    const abort = new AbortController();
    const onStatus = ({ activity }: RunStatus) => activity.startsWith('compiling') && abort.abort();
    const run = await TransferRun.open({ configurationFile }, { onStatus });
    const fake = await fakeCompilation({ read: slow, skipsOverflow: true });
    try {
      const { state, iteration, pairsPerSecond } = await run.execute(abort.signal);
      assert.deepEqual([state, iteration, pairsPerSecond], ['stopped', 1, 0]);
    } finally {
      fake.dispose();
    }
  });

  it('finishes where the last iteration was under way', async () => {
    // As on a GPU, a step is queued while the one before it is recorded.
    const fake = await fakeCompilation({ skipsOverflow: true });
    fake.compilation = undefined;
    try {
      const abort = new AbortController();
      const training = { batchPairs: 4, iterations: 3, evaluateEvery: 3 };
      const configurationFile = await sample.configuration({ training });
      const run = await TransferRun.open(
        { configurationFile },
        {
          onStatus: () => {},
          onRecord: ({ iteration }) => iteration === 2 && abort.abort(),
        },
      );
      const stopsBefore = await run.execute(abort.signal);
      assert.equal(stopsBefore.iteration, 3);
      assert.equal(stopsBefore.state, 'finished');
      assert.ok(await isThere(runFile(run.runFolder, 'finalCheckpoint')));
    } finally {
      fake.dispose();
    }
  });

  it('touches nothing of a run that has finished', async () => {
    const training = { batchPairs: 4, iterations: 1, evaluateEvery: 1 };
    const run = await TransferRun.open(
      { configurationFile: await sample.configuration({ training }) },
      silent,
    );
    await run.execute(NEVER);
    const files = ['status', 'log', 'lastCheckpoint', 'metrics'] as const;
    const contents = () => Promise.all(files.map((file) => readFile(runFile(run.runFolder, file), 'base64')));
    const before = await contents();
    const printed: string[] = [];
    const output = {
      print: (line: string) => printed.push(line),
      note: (line: string) => printed.push(line),
    };
    assert.equal(await train(undefined, { resume: run.runFolder }, output as never), 0);
    assert.match(printed.join('\n'), /nothing is left to train[\s\S]*finished at iteration 1\/1/);
    assert.deepEqual(await contents(), before);
  });

  it('leaves a truthful status and no lock where the process ends at once', async () => {
    const run = await TransferRun.open({ configurationFile: await sample.configuration() }, silent);
    const ending = run.execute(NEVER);
    run.abandon();
    const written = await readRunStatus(run.runFolder);
    assert.deepEqual([written?.state, written?.activity], ['stopped', 'interrupted']);
    assert.ok(!(await isThere(runFile(run.runFolder, 'lock'))));
    await ending;
    assert.deepEqual(await readRunStatus(run.runFolder), written);
    const resumed = await TransferRun.open({ resumeFolder: run.runFolder }, silent);
    assert.equal((await resumed.execute(NEVER)).state, 'finished');
    resumed.abandon();
    assert.equal((await readRunStatus(run.runFolder))?.state, 'finished');
  });
});

describe('a run that fails at its start', () => {
  let sample: TinySample;
  before(async () => {
    sample = await makeTinySample();
  });
  after(() => sample.dispose());

  /** A configuration whose recordings are missing. */
  const withoutData = () =>
    sample.configuration({
      data: {
        events: { format: 'n-mnist', folder: 'missing' },
        images: { format: 'mnist', folder: 'data/images' },
      },
    });

  const printed: string[] = [];
  const notes: string[] = [];
  const output = {
    print: (line: string) => void printed.push(line),
    note: (line: string) => void notes.push(line),
    transient: () => {},
  };

  it('leaves no folder behind on the command line, and says why it failed', async () => {
    const out = path.join(sample.folder, 'failed');
    assert.equal(await train(await withoutData(), { out }, output), 1);
    assert.ok(!(await isThere(out)));
    assert.match(notes.join('\n'), /missing/);
    assert.match(printed.join('\n'), /no run folder is kept$/);
  });

  it('keeps the folder for programs, which look into it', async () => {
    const out = path.join(sample.folder, 'failed-json');
    assert.equal(await train(await withoutData(), { out, json: true }, output), 1);
    const status = (await readRunStatus(out)) as RunStatus;
    assert.equal(status.state, 'failed');
  });

  it('leaves a folder that was there as empty as it was', async () => {
    const outFolder = path.join(sample.folder, 'there');
    await mkdir(outFolder);
    const run = await TransferRun.open({ configurationFile: await withoutData(), outFolder }, silent);
    await run.execute(NEVER);
    assert.equal(await run.discardFailedStart(), true);
    assert.deepEqual(await readdir(outFolder), []);
  });

  it('keeps what others put there, and folders that it did not make', async () => {
    const folder = path.join(sample.folder, 'shared');
    const run = await TransferRun.open({ configurationFile: await withoutData(), outFolder: folder }, silent);
    await run.execute(NEVER);
    await writeFile(path.join(folder, 'notes.txt'), 'mine');
    assert.equal(await run.discardFailedStart(), false);
    assert.equal(await readFile(path.join(folder, 'notes.txt'), 'utf8'), 'mine');
    assert.ok((await readdir(folder)).includes('configuration.json'));
    const resumed = await TransferRun.open({ resumeFolder: folder }, silent);
    assert.equal((await resumed.execute(NEVER)).state, 'failed');
    assert.equal(await resumed.discardFailedStart(), false);
  });

  it('keeps the folder of a run that has begun', async () => {
    const optimizer = { warmup: 0, learningRate: 1e30, decay: 'constant' };
    const configurationFile = await sample.configuration({ optimizer });
    const run = await TransferRun.open({ configurationFile }, silent);
    assert.equal((await run.execute(NEVER)).state, 'failed');
    assert.equal(await run.discardFailedStart(), false);
    assert.ok(await isThere(runFile(run.runFolder, 'lastCheckpoint')));
  });
});

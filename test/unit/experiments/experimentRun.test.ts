import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findDataFolders } from '../../../engine/experiments/dataFolders';
import type { Experiment } from '../../../engine/experiments/experiment';
import { experimentFile } from '../../../engine/experiments/experimentFolder';
import { runExperiment } from '../../../engine/experiments/experimentRun';
import { type PlannedRun, planRuns } from '../../../engine/experiments/plan';
import type { TrainOptions, TrainOutcome, TrainRun } from '../../../engine/experiments/trainProcess';
import { runFile } from '../../../engine/runs/runFolder';
import { isSpikeBridgeError } from './errors';

const EXPERIMENT: Experiment = {
  name: 'small',
  title: 'Small',
  description: 'For tests.',
  origin: 'ours',
  folders: { events: ['N-MNIST'], images: ['MNIST'] },
  base: {
    method: 'ktl',
    data: { events: { format: 'n-mnist' }, images: { format: 'mnist' } },
    training: { iterations: 10 },
  },
  seeds: [0, 1],
  reports: 'best',
  teacher: { seed: 0, changes: { network: { preset: 'vgg-ann' }, loss: { classification: 'mean-logits' } } },
  rows: [
    { id: 'ktl', label: 'KTL', changes: {}, published: { percent: 80, source: 'a paper' } },
    { id: 'ckd', label: 'CKD', changes: { method: 'ckd' }, needsTeacher: true },
  ],
};

/** Accuracy of a run that is not trained, only recorded. */
const accuracyOf = ({ row, seed }: PlannedRun) => (row === 'ktl' ? 0.8 : 0.9) + 0.02 * seed;

async function record(run: PlannedRun, state: TrainOutcome['state']): Promise<void> {
  const best = accuracyOf(run);
  await mkdir(run.runFolder, { recursive: true });
  await writeFile(runFile(run.runFolder, 'configuration'), JSON.stringify(run.configuration));
  await writeFile(runFile(run.runFolder, 'split'), JSON.stringify({ sha256: 'abcdef0123456789' }));
  await writeFile(
    runFile(run.runFolder, 'status'),
    JSON.stringify({
      state,
      iteration: 10,
      iterations: 10,
      bestAccuracy: best,
      lastAccuracy: best - 0.1,
      backend: 'cpu',
    }),
  );
}

describe('an experiment that is run', () => {
  let folder: string;
  let calls: string[];
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-experiment-'));
    calls = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const plan = (shrink = 1) =>
    planRuns(EXPERIMENT, { folder, data: { events: '/events', images: '/images' }, shrink });
  const trainer =
    (stateOf: (run: PlannedRun, options: TrainOptions) => TrainOutcome['state']): TrainRun =>
    async (run, options) => {
      calls.push(`${options.resume ? 'resume ' : ''}${run.id}`);
      const state = stateOf(run, options);
      await record(run, state);
      return { state };
    };
  const run = (train: TrainRun, runs = plan(), shrink = 1) =>
    runExperiment({
      experiment: EXPERIMENT,
      folder,
      runs,
      wanted: { experiment: 'small', shrink, overrides: [], split: 'default' },
      jobs: 1,
      signal: new AbortController().signal,
      train,
      observer: { onPlan() {}, onRunStatus() {}, onRunEnd() {} },
    });

  it('trains the teacher first, and gives its checkpoint to the rows that need it', async () => {
    const runs = plan();
    await run(
      trainer(() => 'finished'),
      runs,
    );
    assert.deepEqual(calls, ['teacher-seed0', 'ktl-seed0', 'ktl-seed1', 'ckd-seed0', 'ckd-seed1']);
    const taught = runs.filter(({ configuration }) => configuration.distillation);
    assert.deepEqual(
      taught.map(({ id, configuration }) => [id, configuration.distillation?.teacher]),
      ['ckd-seed0', 'ckd-seed1'].map((id) => [
        id,
        path.join(folder, 'teacher-seed0/checkpoints/final.safetensors'),
      ]),
    );
  });

  it('writes a table of mean and population standard deviation', async () => {
    const { table } = await run(trainer(() => 'finished'));
    const ktl = table.rows[0];
    assert.ok(ktl?.best && ktl.last);
    assert.ok(Math.abs(ktl.best.mean - 81) < 1e-9 && Math.abs(ktl.best.deviation - 1) < 1e-9);
    assert.ok(Math.abs(ktl.last.mean - 71) < 1e-9);
    assert.ok(Math.abs((ktl.difference ?? 0) - 1) < 1e-9);
    const text = await readFile(experimentFile(folder, 'tableText'), 'utf8');
    assert.match(text, /\| KTL \| 2 \| 81\.0 ± 1\.0 \| 71\.0 ± 1\.0 \| 80 \| 1\.0 \|/);
    assert.match(text, /Split abcdef012345/);
    assert.deepEqual(
      JSON.parse(await readFile(experimentFile(folder, 'tableData'), 'utf8')),
      JSON.parse(JSON.stringify(table)),
    );
  });

  it('runs nothing twice', async () => {
    await run(trainer(() => 'finished'));
    calls = [];
    const { table } = await run(trainer(() => 'finished'));
    assert.deepEqual(calls, []);
    assert.equal(table.rows.length, 2);
  });

  it('goes on where one fails, tells it, and tries again the next time', async () => {
    const first = await run(trainer(({ id }) => (id === 'ktl-seed1' ? 'failed' : 'finished')));
    assert.deepEqual(
      first.failures.map(({ run: failed }) => failed.id),
      ['ktl-seed1'],
    );
    assert.deepEqual(
      first.table.rows.map(({ seeds }) => seeds),
      [[0], [0, 1]],
    );
    assert.match(first.table.rows[0]?.unfinished[0] ?? '', /seed 1: failed/);
    calls = [];
    const second = await run(trainer(() => 'finished'));
    assert.deepEqual(calls, ['resume ktl-seed1']);
    assert.deepEqual(second.failures, []);
  });

  it('leaves out what needs a teacher that failed', async () => {
    const { failures } = await run(trainer(({ row }) => (row === 'teacher' ? 'failed' : 'finished')));
    assert.deepEqual(calls, ['teacher-seed0', 'ktl-seed0', 'ktl-seed1']);
    assert.deepEqual(
      failures.map(({ run: failed }) => failed.id),
      ['teacher-seed0', 'ckd-seed0', 'ckd-seed1'],
    );
  });

  it('says that a trial is one', async () => {
    const { table } = await run(
      trainer(() => 'finished'),
      plan(0.5),
      0.5,
    );
    assert.equal(table.shrink, 0.5);
    assert.match(
      await readFile(experimentFile(folder, 'tableText'), 'utf8'),
      /TRIAL, not comparable.*--shrink 0\.5/,
    );
  });

  it('refuses a folder of another trial, and a run of another configuration', async () => {
    await run(trainer(() => 'finished'));
    await assert.rejects(
      run(
        trainer(() => 'finished'),
        plan(0.5),
        0.5,
      ),
      isSpikeBridgeError('run-folder', /shrink 1/),
    );
    const [, changed] = plan();
    const recorded = {
      ...changed!.configuration,
      training: { ...changed!.configuration.training, iterations: 11 },
    };
    await writeFile(runFile(changed!.runFolder, 'configuration'), JSON.stringify(recorded));
    calls = [];
    await assert.rejects(
      run(trainer(() => 'finished')),
      isSpikeBridgeError('run-folder', /training\.iterations: 11, now 10/),
    );
    assert.deepEqual(calls, []);
  });

  it('finds its data by name, and says which names it looked for', async () => {
    await mkdir(path.join(folder, 'N-MNIST'));
    await assert.rejects(
      findDataFolders(EXPERIMENT, { data: folder }, true),
      isSpikeBridgeError('data', /MNIST/),
    );
    assert.deepEqual(await findDataFolders(EXPERIMENT, { data: folder }, false), {
      events: path.join(folder, 'N-MNIST'),
    });
    await mkdir(path.join(folder, 'pictures'));
    assert.deepEqual(
      await findDataFolders(
        EXPERIMENT,
        { data: path.join(folder, 'N-MNIST'), images: path.join(folder, 'pictures') },
        true,
      ),
      { events: path.join(folder, 'N-MNIST'), images: path.join(folder, 'pictures') },
    );
  });
});

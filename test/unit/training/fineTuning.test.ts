import assert from 'node:assert/strict';
import { copyFile, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { findExperiment } from '../../../engine/experiments/catalogue';
import { planRuns } from '../../../engine/experiments/plan';
import { repeatedColours } from '../../../engine/methods/staticOnly';
import type { NamedArray } from '../../../engine/models/parameterStore';
import { readCheckpoint } from '../../../engine/runs/checkpoint';
import { parseMetrics } from '../../../engine/runs/metricsFile';
import { runFile } from '../../../engine/runs/runFolder';
import { readConfiguration } from '../../../engine/training/configuration';
import { buildNetwork } from '../../../engine/training/runModel';
import { startFrom } from '../../../engine/training/startWeights';
import { type RunRequest, TransferRun } from '../../../engine/training/transferRun';
import { makeTinySample, type TinySample } from './tinySample';

async function run(request: RunRequest, stopAfter = Number.POSITIVE_INFINITY) {
  const abort = new AbortController();
  const opened = await TransferRun.open(request, {
    onStatus: () => {},
    onRecord: ({ iteration }) => iteration >= stopAfter && abort.abort(),
  });
  const status = await opened.execute(abort.signal);
  const text = await readFile(runFile(opened.runFolder, 'metrics'), 'utf8').catch(() => '');
  const losses = parseMetrics(text).flatMap((record) => (record.kind === 'iteration' ? [record.loss] : []));
  return { status, runFolder: opened.runFolder, losses };
}

describe('the input of static pre-training', () => {
  it('is red and green at every time step', () => {
    const images = Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6);
    const [a, b, d, e] = [images[0], images[1], images[3], images[4]];
    assert.deepEqual([...repeatedColours(images, 2)], [a, b, d, e, a, b, d, e]);
  });
});

describe('fine-tuning', function () {
  this.timeout(120_000);
  let sample: TinySample;
  let pretrained: Awaited<ReturnType<typeof run>>;
  let checkpoint: string;

  before(async () => {
    sample = await makeTinySample();
    const training = { batchPairs: 4, iterations: 3, evaluateEvery: 3 };
    const file = await sample.configuration({ method: 'static-only', training });
    pretrained = await run({ configurationFile: file });
    checkpoint = runFile(pretrained.runFolder, 'finalCheckpoint');
  });
  after(() => sample.dispose());

  async function startedWith(parts: 'backbone' | 'all', seed: number): Promise<Map<string, NamedArray>> {
    await tf.setBackend('cpu');
    const file = await sample.configuration({ method: 'events-only', start: { checkpoint, parts }, seed });
    const configuration = await readConfiguration(file);
    const network = buildNetwork(configuration, 10);
    try {
      await startFrom(configuration.start!, network, seed);
      return new Map(network.parameters.export().map((array) => [array.name, array]));
    } finally {
      network.dispose();
    }
  }

  it('begins with spiking networks on images alone', () => {
    assert.equal(pretrained.status.state, 'finished', JSON.stringify(pretrained.status.error));
    assert.deepEqual(Object.keys(pretrained.losses[0]!), ['total', 'static']);
  });

  it('takes the backbone and draws the heads anew', async () => {
    const { arrays } = await readCheckpoint(checkpoint);
    const [started, other] = [await startedWith('backbone', 1), await startedWith('backbone', 2)];
    const heads = [...started.keys()].filter((name) => /^fc/.test(name));
    assert.equal(heads.length > 0 && heads.length < started.size, true);
    for (const [name, { values }] of started) {
      if (heads.includes(name)) {
        assert.ok(values.every((value) => Math.abs(value) <= 0.1));
        assert.notDeepEqual(values, arrays.get(name)!.values);
        assert.notDeepEqual(values, other.get(name)!.values);
      } else {
        assert.deepEqual(values, arrays.get(name)!.values, name);
      }
    }
  });

  it('takes the heads too where it is told to', async () => {
    const { arrays } = await readCheckpoint(checkpoint);
    for (const [name, { values }] of await startedWith('all', 1)) {
      assert.deepEqual(values, arrays.get(name)!.values, name);
    }
  });

  it('trains on from there, records which checkpoint it was, and continues without it', async () => {
    const copy = path.join(sample.folder, 'start.safetensors');
    await copyFile(checkpoint, copy);
    const configurationFile = await sample.configuration({
      method: 'events-only',
      start: { checkpoint: copy },
    });
    const whole = await run({ configurationFile });
    const part = await run({ configurationFile }, 3);
    await rm(copy);
    const resumed = await run({ resumeFolder: part.runFolder });
    assert.equal(resumed.status.state, 'finished', JSON.stringify(resumed.status.error));
    assert.deepEqual(resumed.losses, whole.losses);
    const plain = await run({ configurationFile: await sample.configuration({ method: 'events-only' }) });
    assert.notDeepEqual(plain.losses[0], whole.losses[0]);
    const environment = JSON.parse(await readFile(runFile(whole.runFolder, 'environment'), 'utf8')) as {
      startSha256?: string;
    };
    assert.match(environment.startSha256 ?? '', /^[0-9a-f]{64}$/);
  });

  it('refuses the checkpoint of another network, naming what differs and the file', async () => {
    const network = { preset: 'nmnist-1k', channels: [3, 2, 2, 2, 2, 2] };
    const configurationFile = await sample.configuration({
      method: 'events-only',
      start: { checkpoint },
      network,
    });
    const { status } = await run({ configurationFile });
    assert.equal(status.error?.category, 'checkpoint');
    assert.match(status.error!.message, /start\.checkpoint does not fit .* has shape/);
    assert.equal(status.error!.place?.file, checkpoint);
  });
});

describe('fine-tuned rows of an experiment', () => {
  it('start from a pre-training of half the epochs with the same seed', () => {
    const options = { folder: '/out', data: { events: '/data/e', images: '/data/i' } };
    const runs = planRuns(findExperiment('n-caltech101'), { ...options, rows: ['fine-tune'], seeds: [1, 2] });
    assert.deepEqual(
      runs.map(({ id, after }) => [id, after]),
      [
        ['pretraining-seed1', undefined],
        ['fine-tune-seed1', 'pretraining-seed1'],
        ['pretraining-seed2', undefined],
        ['fine-tune-seed2', 'pretraining-seed2'],
      ],
    );
    const [before, tuned] = runs.map(({ configuration }) => configuration);
    assert.deepEqual([before!.method, tuned!.method], ['static-only', 'events-only']);
    assert.deepEqual([before!.training.epochs, tuned!.training.epochs], [150, 150]);
    assert.equal(tuned!.start?.checkpoint, '/out/pretraining-seed1/checkpoints/final.safetensors');
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expandInput, type PackedInput } from '../../../engine/datasets/packedFrames';
import {
  loadTransferData,
  type TransferData,
  type TransferDataConfiguration,
} from '../../../engine/datasets/transferData';
import { mixerSchema } from '../../../engine/methods/methodSchema';
import { transferConfigurationSchema } from '../../../engine/training/configurationSchema';
import { mixBatch } from '../../../engine/training/trainingBatch';
import { denseTestBatches, denseTrainBatch } from '../../tools/denseBatches';
import { bundleWorker, type WorkerBundle } from '../../tools/workerBundle';
import { MINIATURE_CLASSES, reversedOrder, writeCaltechMiniature } from './caltechMiniature';

const TIME_STEPS = 2;
const SIZE = 24;
const PLANE = SIZE * SIZE * 2;
const BATCH = 10;

let root: string;
let worker: WorkerBundle;

function configuration(options: Record<string, unknown> = {}, seed = 3): TransferDataConfiguration {
  const parsed = transferConfigurationSchema.parse({
    method: 'ktl',
    seed,
    data: {
      events: { format: 'n-caltech101', folder: root },
      images: { format: 'caltech101', folder: root },
      cacheFolder: path.join(root, 'cache'),
      ...options,
    },
    frames: { timeSteps: TIME_STEPS, sizePixels: SIZE },
    training: { batchPairs: BATCH, iterations: 1 },
  });
  const { data, frames, method } = parsed;
  return { ...data, frames, method, seed, batchPairs: BATCH };
}

const loaded: TransferData[] = [];

async function load(options?: Record<string, unknown>, seed?: number) {
  const data = await loadTransferData(configuration(options, seed), { workerFile: worker.file });
  loaded.push(data);
  return data;
}

describe('data options on a miniature of N-Caltech101', () => {
  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'spikebridge-options-'));
    await writeCaltechMiniature(root);
    await writeFile(path.join(root, 'order.txt'), reversedOrder());
    worker = await bundleWorker();
  });

  after(async () => {
    await Promise.all(loaded.map((data) => data.dispose()));
    await Promise.all([worker.remove(), rm(root, { recursive: true, force: true })]);
  });

  it('is leak-free by default: 11 of 12 train, and no photo of the last one is in the pool', async () => {
    const { manifest, warnings, classes } = await load();
    assert.deepEqual(classes, MINIATURE_CLASSES);
    assert.deepEqual([manifest.train.length, manifest.test.length], [33, 3]);
    assert.equal(manifest.split?.policy, 'leak-free');
    assert.deepEqual(
      [manifest.images?.count, manifest.leak?.photos, manifest.leak?.photosFound],
      [33, [], 3],
    );
    assert.ok(!warnings.some((warning) => warning.startsWith('leak')));
  });

  it('finds the leak that the order of a paper split plants, and stores it', async () => {
    const split = { policy: 'paper', order: path.join(root, 'order.txt') };
    const { manifest, warnings } = await load({ split });
    assert.deepEqual(
      manifest.leak?.photos,
      MINIATURE_CLASSES.map((name) => `${name}/image_0001`),
    );
    assert.match(warnings.join('\n'), /leak: .*photos of 3 of 3 test recordings \(accordion\/image_0001/);
    assert.match(manifest.split?.orderSha256 ?? '', /^[0-9a-f]{64}$/);
    await assert.rejects(load({ split: { policy: 'paper' } }), { category: 'configuration' });
  });

  it('has another hash for every option of the split', async () => {
    const hashes: string[] = [];
    for (const options of [
      {},
      { split: { trainPortion: 0.5 } },
      { split: { eventRatio: 0.5 } },
      { split: { imageRatio: 0.5 } },
      { split: { policy: 'paper', order: 'sorted' } },
      { split: { policy: 'paper', order: 'sorted' }, pairing: 'one-beyond' },
    ]) {
      hashes.push((await load(options)).manifest.sha256);
    }
    assert.equal(new Set(hashes).size, hashes.length);
    assert.equal((await load()).manifest.sha256, hashes[0]);
  });

  it('gives the same batch of any iteration, without those before it, with every option', async () => {
    for (const kind of ['crop', 'dvs-da', 'noise']) {
      const noise = kind === 'noise' ? { noiseDecibels: 20 } : {};
      const options = { augmentation: { kind, ...noise }, sampling: 'class-weighted', lastBatch: 'drop' };
      const [running, resumed] = [await load(options), await load(options)];
      for (let iteration = 0; iteration < 7; iteration++) {
        await running.trainBatch(iteration);
      }
      const batch = await denseTrainBatch(resumed, 7);
      assert.deepEqual(await denseTrainBatch(running, 7), batch);
      assert.notDeepEqual(batch.events, (await denseTrainBatch(await load(options, 4), 7)).events);
    }
  });

  it('augments training recordings and leaves test recordings alone', async () => {
    const [plain, varied] = [await load(), await load({ augmentation: { kind: 'dvs-da' } })];
    const batches = await Promise.all([plain, varied].map((data) => denseTrainBatch(data, 0)));
    assert.deepEqual(batches[0]!.labels, batches[1]!.labels);
    assert.notDeepEqual(batches[0]!.events, batches[1]!.events);
    assert.deepEqual(await denseTestBatches(plain, 3), await denseTestBatches(varied, 3));
  });

  it('replaces static rows by the augmented recording of the same row (methods.md 4.5)', async () => {
    const data = await load({ augmentation: { kind: 'dvs-da' } });
    const { events } = await denseTrainBatch(data, 5);
    const mixer = mixerSchema.parse({ kind: 'sliding' });
    const position = { iteration: 50, iterations: 60, iterationsPerEpoch: 3 };
    const batch = await data.trainBatch(5);
    const settings = { mixer, position, seed: 3, steps: TIME_STEPS };
    const { input: packed, switchSteps } = mixBatch(batch, settings);
    const input = expandInput(packed as PackedInput);
    const replaced = Array.from(switchSteps!.keys()).filter((slot) => switchSteps![slot] === 0);
    assert.ok(replaced.length > 0 && replaced.length < BATCH);
    for (const slot of replaced) {
      for (let step = 0; step < TIME_STEPS; step++) {
        const start = (step * BATCH + slot) * PLANE;
        assert.deepEqual(input.subarray(start, start + PLANE), events.subarray(start, start + PLANE));
      }
    }
  });
});

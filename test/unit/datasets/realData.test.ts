import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTransferData, type TransferDataConfiguration } from '../../../engine/datasets/transferData';
import { decodeNmnistBin } from '../../../engine/events/nmnistBin';
import { denseTestBatches, denseTrainBatch } from '../../tools/denseBatches';
import { DATA_DEFAULTS } from './fixtures';

const SHARED = path.resolve(process.env.SPIKEBRIDGE_ROOT ?? '.', '../shared/data');
const NMNIST = path.join(SHARED, 'nmnist');
const MNIST = path.join(SHARED, 'mnist');
const TRUTH = path.join(SHARED, 'recordings/GROUND_TRUTH.json');

/** What GROUND_TRUTH.json says about a recording. */
interface Truth {
  readonly events: number;
  readonly on: number;
  readonly tFirst: number;
  readonly tLast: number;
  readonly sumX: number;
  readonly sumY: number;
  readonly sumT: string;
  readonly first5: number[][];
  readonly last: number[];
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

describe('N-MNIST recordings and MNIST images of ../shared/data', () => {
  before(function () {
    if (!existsSync(NMNIST) || !existsSync(MNIST) || !existsSync(TRUTH)) {
      console.log(`      skipped: no real data in ${SHARED}`);
      this.skip();
    }
  });

  it('decodes the recordings of GROUND_TRUTH.json to the listed events', async () => {
    const truths: Record<string, Truth> = JSON.parse(await readFile(TRUTH, 'utf8'));
    const names = Object.keys(truths).filter((name) => name.startsWith('nmnist_bin/'));
    assert.ok(names.length > 0);
    for (const name of names) {
      const truth = truths[name]!;
      const { t, x, y, polarity } = decodeNmnistBin(
        await readFile(path.join(SHARED, 'recordings', name)),
        name,
      );
      const row = (index: number) => [t[index], x[index], y[index], polarity[index]];
      assert.equal(t.length, truth.events);
      assert.equal(sum(polarity), truth.on);
      assert.deepEqual([sum(x), sum(y), String(sum(t))], [truth.sumX, truth.sumY, truth.sumT]);
      assert.deepEqual([t[0], t.at(-1)], [truth.tFirst, truth.tLast]);
      assert.deepEqual([0, 1, 2, 3, 4].map(row), truth.first5);
      assert.deepEqual(row(t.length - 1), truth.last);
    }
  });

  it('holds 1,100 recordings in time order, none with an overflow marker', async () => {
    const files = (await readdir(NMNIST, { recursive: true })).filter((file) => file.endsWith('.bin'));
    assert.equal(files.length, 1100);
    for (const file of files) {
      const bytes = await readFile(path.join(NMNIST, file));
      const { t } = decodeNmnistBin(bytes, file);
      assert.equal(t.length, bytes.length / 5, `${file} has overflow markers`);
      assert.ok(
        t.every((time, index) => index === 0 || time >= t[index - 1]!),
        `${file} is not in time order`,
      );
    }
  });

  describe('as the data of NMNIST-1K', () => {
    let cacheFolder: string;
    before(async () => {
      cacheFolder = await mkdtemp(path.join(tmpdir(), 'spikebridge-frames-'));
    });
    after(() => rm(cacheFolder, { recursive: true, force: true }));

    const configuration = (perClass: number): TransferDataConfiguration => ({
      events: {
        format: 'n-mnist',
        folder: NMNIST,
        train: [{ split: 'Train', from: 1, to: 600, perClass }],
        test: [{ split: 'Train', from: 601, to: 1000 }, { split: 'Test' }],
      },
      images: { format: 'mnist', folder: MNIST, split: 'train', from: 1000, to: 6999 },
      ...DATA_DEFAULTS,
      frames: { timeSteps: 6, sizePixels: 34 },
      cacheFolder,
      batchPairs: 50,
      seed: 0,
      method: 'ktl',
    });

    it('has 50 training and 500 test recordings of ten classes', async () => {
      const data = await loadTransferData(configuration(5));
      assert.deepEqual(data.classes, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
      assert.deepEqual([data.trainCount, data.testCount, data.iterationsPerEpoch], [50, 500, 1]);
      assert.equal(data.manifest.train[0]?.file, 'Train/0/00002.bin');
      assert.deepEqual(data.warnings, []);
      const tested = (await denseTestBatches(data, 128)).map(({ count }) => count);
      assert.deepEqual(tested, [128, 128, 128, 116]);
    });

    it('gives the same batches from the cache as from the recordings', async () => {
      const digest = async () => {
        const data = await loadTransferData(configuration(10));
        const hash = createHash('sha256');
        for (const iteration of [0, 1, 7]) {
          const { events, statics, labels } = await denseTrainBatch(data, iteration);
          for (const each of [events, statics!, labels]) {
            hash.update(new Uint8Array(each.buffer));
          }
        }
        return hash.digest('hex');
      };
      const decoded = await digest();
      assert.ok((await readdir(cacheFolder)).some((name) => name.endsWith('.frames')));
      assert.equal(await digest(), decoded);
    });
  });
});

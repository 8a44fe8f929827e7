import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodePacks } from '../../../engine/datasets/decodePool';
import { nmnist } from '../../../engine/datasets/eventSets/nmnist';
import { decodePack, type FramePack, unpackFrames } from '../../../engine/datasets/framePack';
import { type FrameRule, frameLength } from '../../../engine/datasets/frameRule';
import {
  type LoadOptions,
  loadTransferData,
  type TransferData,
  type TransferDataConfiguration,
} from '../../../engine/datasets/transferData';
import { SpikeBridgeError } from '../../../engine/errors';
import type { FilterSettings } from '../../../engine/events/filters/filterSettings';
import { keepEvents } from '../../../engine/events/filters/keepEvents';
import { countEvents } from '../../../engine/events/frames';
import { decodeNmnistBin, NMNIST_SENSOR } from '../../../engine/events/nmnistBin';
import { denseTestBatches, denseTrainBatch } from '../../tools/denseBatches';
import { bundleWorker, type WorkerBundle } from '../../tools/workerBundle';
import {
  DATA_DEFAULTS,
  eventConfiguration,
  recordingBytes,
  recordingFile,
  withFolder,
  writeImages,
  writeRecordings,
} from './fixtures';

const CLASSES = [0, 1, 2];
const PER_CLASS = 4;
const IMAGE_LABELS = [2, 0, 1, 1, 2, 0, 0];
const TIME_STEPS = 3;
const FRAMES = { timeSteps: TIME_STEPS, sizePixels: 34 };
const RULE: FrameRule = nmnist.frameRule(eventConfiguration('/none'), FRAMES);

let root: string;
let worker: WorkerBundle;
let workerFile: string;

function configuration(change: Partial<TransferDataConfiguration> = {}): TransferDataConfiguration {
  return {
    events: eventConfiguration(path.join(root, 'events')),
    images: { format: 'mnist', folder: path.join(root, 'images'), split: 'train' },
    ...DATA_DEFAULTS,
    frames: FRAMES,
    cacheFolder: path.join(root, 'cache'),
    batchPairs: 5,
    seed: 3,
    method: 'ktl',
    ...change,
  };
}

const loaded: TransferData[] = [];

async function load(change: Partial<TransferDataConfiguration> = {}, options: LoadOptions = {}) {
  const data = await loadTransferData(configuration(change), options);
  loaded.push(data);
  return data;
}

/** Plane (all pixels and channels) of time step `step` of pair `slot` in [T, B, S, S, 2]. */
function planeOf(
  batch: Float32Array,
  step: number,
  slot: number,
  pairs: number,
  plane: number,
): Float32Array {
  const start = (step * pairs + slot) * plane;
  return batch.subarray(start, start + plane);
}

describe('transfer data', () => {
  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'spikebridge-data-'));
    await writeRecordings(path.join(root, 'events'), CLASSES, PER_CLASS);
    await writeImages(path.join(root, 'images'), IMAGE_LABELS);
    worker = await bundleWorker();
    workerFile = worker.file;
  });
  after(async () => {
    await Promise.all(loaded.map((data) => data.dispose()));
    await Promise.all([worker.remove(), rm(root, { recursive: true, force: true })]);
  });

  describe('loadTransferData', () => {
    it('gives the counts of the sampled recordings as [T, B, S, S, 2]', async () => {
      const data = await load();
      assert.deepEqual(
        [data.trainCount, data.testCount, data.timeSteps, data.size],
        [12, 12, TIME_STEPS, 34],
      );
      assert.equal(data.iterationsPerEpoch, 2);
      const batches = await denseTestBatches(data, 5);
      assert.deepEqual(
        batches.map(({ count }) => count),
        [5, 5, 2],
      );
      const { events, labels } = batches[1]!;
      const plane = 34 * 34 * 2;
      assert.deepEqual([...labels], [1, 1, 1, 2, 2]);
      for (let slot = 0; slot < 5; slot++) {
        const { file } = data.manifest.test[5 + slot]!;
        const recording = decodeNmnistBin(await readFile(path.join(root, 'events', file)), file);
        const counts = countEvents(recording, TIME_STEPS, NMNIST_SENSOR);
        for (let step = 0; step < TIME_STEPS; step++) {
          const expected = Float32Array.from(counts.subarray(step * plane, (step + 1) * plane));
          assert.deepEqual(planeOf(events, step, slot, 5, plane), expected);
        }
      }
    });

    it('filters the events of every recording before they are counted', async () => {
      const filters: FilterSettings[] = [
        { name: 'Polarity', keep: 'on' },
        { name: 'Crop', x: 0, y: 0, width: 20, height: 34 },
      ];
      const data = await load({ frames: { ...FRAMES, filters } });
      const [first] = await denseTestBatches(data, 1);
      const { events } = first!;
      const { file } = data.manifest.test[0]!;
      const recording = decodeNmnistBin(await readFile(path.join(root, 'events', file)), file);
      const kept = keepEvents(
        recording,
        (index) => recording.polarity[index] === 1 && recording.x[index]! < 20,
      );
      assert.ok(kept.t.length > 0 && kept.t.length < recording.t.length);
      assert.deepEqual(events, Float32Array.from(countEvents(kept, TIME_STEPS, NMNIST_SENSOR)));
    });

    it('takes filters that must see a whole recording first, and refuses those that leave nothing', async () => {
      const hot = { name: 'DropPixel', hot_pixel_frequency: 1e-6 } as const;
      await assert.rejects(
        load({ frames: { ...FRAMES, filters: [hot] } }),
        (error) =>
          error instanceof SpikeBridgeError &&
          /the filters leave none of the \d+ events/.test(error.message) &&
          /\.bin$/.test(error.place.file ?? ''),
      );
    });

    it('pairs every recording with an image of its class, copied to all steps and channels', async () => {
      const data = await load();
      const { statics, labels } = await denseTrainBatch(data, 4);
      const plane = 34 * 34 * 2;
      assert.equal(statics!.length, TIME_STEPS * 5 * plane);
      labels.forEach((label, slot) => {
        const first = planeOf(statics!, 0, slot, 5, plane);
        const image = Math.round((first[0]! * 0.3081 + 0.1307) * 255) - 1;
        assert.equal(IMAGE_LABELS[image], label);
        assert.ok(first.every((value) => Math.abs(value - first[0]!) < 1e-6));
        for (let step = 1; step < TIME_STEPS; step++) {
          assert.deepEqual(planeOf(statics!, step, slot, 5, plane), first);
        }
      });
    });

    it('decides batches by seed and iteration alone', async () => {
      const [data, again, other] = [await load(), await load(), await load({ seed: 4 })];
      const batch = await denseTrainBatch(data, 7);
      await again.trainBatch(0);
      assert.deepEqual(await denseTrainBatch(again, 7), batch);
      assert.notDeepEqual((await denseTrainBatch(other, 7)).events, batch.events);
    });

    it('orders the recordings alike with and without images', async () => {
      const alone = await load({ method: 'events-only', images: undefined });
      const batch = await denseTrainBatch(alone, 3);
      assert.equal(batch.statics, undefined);
      assert.deepEqual(batch.events, (await denseTrainBatch(await load(), 3)).events);
    });

    it('gives the same frames from workers, in this thread and from the cache', async () => {
      const digest = async (options: LoadOptions, cacheFolder: string) => {
        const data = await load({ cacheFolder, frames: { timeSteps: 2, sizePixels: 20 } }, options);
        return denseTestBatches(data, 12);
      };
      const inWorkers = await digest({ workerFile }, path.join(root, 'cache-a'));
      assert.ok((await readdir(path.join(root, 'cache-a'))).length > 0);
      assert.deepEqual(await digest({}, path.join(root, 'cache-a')), inWorkers);
      assert.deepEqual(await digest({ workerFile: '/none' }, path.join(root, 'cache-b')), inWorkers);
    });

    it('rebuilds damaged cache entries', async () => {
      const cacheFolder = path.join(root, 'cache-damaged');
      const before = await denseTestBatches(await load({ cacheFolder }), 12);
      for (const name of await readdir(cacheFolder)) {
        await writeFile(
          path.join(cacheFolder, name),
          (await readFile(path.join(cacheFolder, name))).fill(7, 100),
        );
      }
      assert.deepEqual(await denseTestBatches(await load({ cacheFolder }), 12), before);
    });

    it('goes on without a cache that cannot be written, and says so', async () => {
      const data = await load({ cacheFolder: path.join(workerFile, 'folder') });
      assert.equal((await data.trainBatch(0)).labels.length, 5);
      assert.equal(data.warnings.length, 1);
      assert.match(data.warnings[0]!, /not cached.*worker\.cjs/);
    });

    it('reports progress up to all recordings', async () => {
      const seen: { done: number; total: number }[] = [];
      await load(
        { cacheFolder: path.join(root, 'cache-progress') },
        { onProgress: (each) => seen.push(each) },
      );
      assert.deepEqual(seen.at(-1), { done: 24, total: 24 });
    });

    it('refuses a batch larger than the data and a transfer method without images', async () => {
      await assert.rejects(load({ batchPairs: 13 }), { category: 'configuration', message: /only 12/ });
      await assert.rejects(load({ images: undefined }), {
        category: 'configuration',
        message: /needs static images/,
      });
    });

    it('stops when cancelled', async () => {
      await assert.rejects(load({}, { signal: AbortSignal.abort() }), { category: 'cancelled' });
    });
  });

  describe('decodePacks', () => {
    const file = (digit: number, number: number) =>
      path.join(root, 'events', recordingFile('Train', digit, number));

    const sourcesOf = (lists: string[][]) => lists.map((files) => files.map((name) => ({ file: name })));

    async function decodeAll(
      lists: string[][],
      options: { signal?: AbortSignal } = {},
    ): Promise<FramePack[]> {
      const packs: FramePack[] = [];
      await decodePacks(sourcesOf(lists), RULE, {
        workerFile,
        threads: 2,
        ...options,
        onPack: (index, pack) => {
          packs[index] = pack;
        },
      });
      return packs;
    }

    it('keeps the order of the lists, whichever worker is first', async () => {
      const lists = [
        [file(0, 1), file(0, 2)],
        [file(1, 1)],
        [file(2, 1), file(2, 2), file(2, 3)],
        [file(1, 2)],
      ];
      const expected = await Promise.all(sourcesOf(lists).map((list) => decodePack(list, RULE)));
      assert.deepEqual(await decodeAll(lists), expected);
    });

    it('carries errors with their type and place over the thread border', () =>
      withFolder(async (folder) => {
        const broken = path.join(folder, '00001.bin');
        await writeFile(broken, recordingBytes(1).subarray(0, 13));
        await assert.rejects(decodeAll([[file(0, 1)], [broken], [file(0, 2)]]), {
          name: 'SpikeBridgeError',
          category: 'data',
          place: { file: broken, byteOffset: 10 },
        });
        await assert.rejects(decodeAll([[file(0, 1)], [path.join(folder, 'gone.bin')]]), {
          category: 'data',
          message: /ENOENT/,
        });
      }));

    it('stops its workers when cancelled', async () => {
      const controller = new AbortController();
      const lists = Array.from({ length: 200 }, () => [file(0, 1)]);
      let packs = 0;
      const decoding = decodePacks(sourcesOf(lists), RULE, {
        workerFile,
        threads: 2,
        signal: controller.signal,
        onPack: () => {
          packs++;
          controller.abort();
        },
      });
      await assert.rejects(decoding, { category: 'cancelled' });
      assert.ok(packs < lists.length);
    });

    it('says so when a worker dies', () =>
      withFolder(async (folder) => {
        const dying = path.join(folder, 'dying.js');
        await writeFile(
          dying,
          'require("node:worker_threads").parentPort.on("message", () => process.exit(3));',
        );
        const decoding = decodePacks(sourcesOf([['a'], ['b']]), RULE, {
          workerFile: dying,
          onPack: () => undefined,
        });
        await assert.rejects(decoding, { category: 'data', message: /thread ended with code 3/ });
      }));

    it('keeps counts above 255', () =>
      withFolder(async (folder) => {
        const crowded = path.join(folder, '00001.bin');
        const row = [5, 6, 0x80, 0, 10];
        await writeFile(crowded, Uint8Array.from([...Array(300).fill(row).flat(), 0, 0, 0, 0x10, 0]));
        const pack = await decodePack([{ file: crowded }], RULE);
        const values = new Float32Array(frameLength(RULE));
        unpackFrames(pack, 0, RULE, { values, offset: 0, stride: 34 * 34 * 2 });
        assert.equal(values[(6 * 34 + 5) * 2 + 1], 300);
      }));
  });
});

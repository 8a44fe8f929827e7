import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { loadTeacherData } from '../../../engine/datasets/teacherData';
import { loadTransferData, type TransferDataConfiguration } from '../../../engine/datasets/transferData';
import { denseTestBatches, denseTrainBatch } from '../../tools/denseBatches';
import { encodeAtis } from '../../tools/wordEncoders';
import { MINIATURE_CLASSES, MINIATURE_PER_CLASS, writeCaltechMiniature } from './caltechMiniature';
import { caltechRows, put, randomRows } from './eventSets/miniatures';
import { configured } from './eventSets/support';
import { DATA_DEFAULTS, withFolder } from './fixtures';
import { writeImage } from './images/imageFixtures';

function paired(folder: string, change: Partial<TransferDataConfiguration> = {}): TransferDataConfiguration {
  return {
    events: configured({ format: 'n-caltech101', folder }),
    images: { format: 'caltech101', folder, channel: 'value' },
    ...DATA_DEFAULTS,
    frames: { timeSteps: 3, sizePixels: 16 },
    cacheFolder: path.join(folder, 'cache'),
    batchPairs: 6,
    seed: 1,
    method: 'ktl',
    ...change,
  };
}

const load = (folder: string, change: Partial<TransferDataConfiguration> = {}) =>
  loadTransferData(paired(folder, change));

describe('pairs of N-Caltech101 and Caltech101', () => {
  it('are formed without photos of test recordings, frames with augmentation, by weight', () =>
    withFolder(async (folder) => {
      await writeCaltechMiniature(folder);
      const data = await load(folder, {
        sampling: 'class-weighted',
        lastBatch: 'drop',
        augmentation: { ...DATA_DEFAULTS.augmentation, kind: 'crop' },
      });
      assert.deepEqual(data.classes, [...MINIATURE_CLASSES]);
      assert.equal(data.manifest.split?.policy, 'leak-free');
      assert.deepEqual(data.manifest.leak?.photos, []);
      const tests = MINIATURE_PER_CLASS - Math.round(MINIATURE_PER_CLASS * 0.9);
      assert.equal(data.testCount, 3 * tests);
      assert.equal(data.manifest.images?.count, 3 * (MINIATURE_PER_CLASS - tests));
      const { events, statics, labels, partners } = await denseTrainBatch(data, 0);
      assert.deepEqual([labels.length, partners!.length], [6, 6]);
      assert.deepEqual([events.length, statics!.length], [3 * 6 * 16 * 16 * 2, 3 * 6 * 16 * 16 * 2]);
      const plain = await load(folder, { sampling: 'class-weighted', lastBatch: 'drop' });
      const plainBatch = await denseTrainBatch(plain, 0);
      assert.deepEqual(plainBatch.labels, labels);
      assert.notDeepEqual(plainBatch.events, events);
      assert.deepEqual(await denseTestBatches(plain, 9), await denseTestBatches(data, 9));
      assert.deepEqual(
        (await denseTrainBatch(await load(folder, { sampling: 'class-weighted' }), 0)).events,
        plainBatch.events,
      );
    }));

  it('name the classes that only one side has', () =>
    withFolder(async (folder) => {
      await writeCaltechMiniature(folder);
      for (const number of [1, 2, 3, 4, 5, 6]) {
        const file = path.join(folder, `Caltech101/emu/image_000${number}.bin`);
        await put(file, encodeAtis(caltechRows(1, number)));
      }
      await rm(path.join(folder, 'Caltech101/anchor'), { recursive: true });
      await assert.rejects(load(folder), {
        category: 'data',
        message: /no image of emu; images of anchor, which the recordings do not have/,
      });
      const { testCount } = await load(folder, {
        events: configured({ format: 'n-caltech101', folder, classes: ['accordion'] }),
        images: { format: 'caltech101', folder, channel: 'value', classes: ['accordion'] },
      });
      assert.ok(testCount > 0);
    }));

  it('cannot be formed where a class has no image left', () =>
    withFolder(async (folder) => {
      await writeCaltechMiniature(folder);
      const split = { ...DATA_DEFAULTS.split, imageRatio: 0.05 };
      await assert.rejects(load(folder, { split }), {
        category: 'data',
        message: /no pairs can be formed: .* accordion, airplanes, anchor/,
      });
      await rm(path.join(folder, 'Caltech101/anchor'), { recursive: true });
      await put(path.join(folder, 'Caltech101/anchor/image_0001.bin'), encodeAtis(caltechRows(1, 1)));
      await assert.rejects(load(folder), { category: 'data', message: /no recording of class anchor/ });
    }));

  it('give a teacher the images that a student is paired with, and no photo of a test recording', () =>
    withFolder(async (folder) => {
      await writeCaltechMiniature(folder);
      const { events, images, split, cacheFolder } = paired(folder);
      const teacher = await loadTeacherData({
        events,
        images,
        split,
        cacheFolder,
        size: 16,
        batch: 4,
        seed: 1,
      });
      const student = await load(folder);
      assert.equal(teacher.manifest.images?.sha256, student.manifest.images?.sha256);
      const photos = new Set(student.manifest.test.map(({ label, number }) => `${label} ${number}`));
      const used = [...teacher.manifest.train, ...teacher.manifest.test];
      assert.equal(used.length, student.manifest.images?.count);
      const first = new Map<number, number>();
      for (const { label, number } of used) {
        first.set(label, Math.min(first.get(label) ?? Number.POSITIVE_INFINITY, number));
      }
      // Images count from 0 through all classes, recordings from 1 inside their class.
      assert.ok(used.every(({ label, number }) => !photos.has(`${label} ${number - first.get(label)! + 1}`)));
    }));

  it('warn where a clock that starts late leaves all events in the first time step', () =>
    withFolder(async (folder) => {
      for (const name of ['run', 'walk']) {
        for (const number of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
          const rows = randomRows(number, { width: 20, height: 20, from: 8_000_000, to: 8_100_000 });
          await put(path.join(folder, 'recordings', name, `${number}.bin`), encodeAtis(rows));
          await writeImage(path.join(folder, 'images', name, `${number}.png`), number);
        }
      }
      const recordings = path.join(folder, 'recordings');
      const change = (timeOrigin: string) => ({
        events: configured({ format: 'folders', folder: recordings, timeOrigin }),
        images: { format: 'folder', folder: path.join(folder, 'images'), channel: 'value' } as const,
      });
      assert.deepEqual((await load(folder, change('first-event'))).warnings, []);
      assert.match(
        (await load(folder, change('zero'))).warnings.join(),
        /all events lie in the first time step/,
      );
    }));
});

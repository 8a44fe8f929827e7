import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import type { ImageDataOf } from '../../../../engine/datasets/imageDataSchema';
import { checkStaticImages } from '../../../../engine/datasets/images/checkStaticImages';
import { CIFAR10_FILES, decodeCifarBatch } from '../../../../engine/datasets/images/cifar10';
import { loadStaticImages } from '../../../../engine/datasets/staticImageLoader';
import { SpikeBridgeError } from '../../../../engine/errors';
import { pillowResize } from '../../../../engine/images/pillowResize';
import { noise } from '../../images/pillowVectors';
import { withFolder } from '../fixtures';
import { asBytes, coloursOf, planeOf } from './imageFixtures';

const NAMES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const RECORD = 3073;

/** Two images of each class, from 9 down to 0. */
function batchBytes(seed: number): Buffer {
  return Buffer.concat(
    Array.from({ length: 20 }, (_, index) =>
      Buffer.from([9 - (index % 10), ...noise(3072, 100 * seed + index + 1)]),
    ),
  );
}

async function writeCifar10(folder: string): Promise<string> {
  const root = path.join(folder, 'cifar-10-batches-bin');
  await mkdir(root, { recursive: true });
  for (const [index, name] of CIFAR10_FILES.entries()) {
    await writeFile(path.join(root, name), batchBytes(index));
  }
  await writeFile(path.join(root, 'batches.meta.txt'), `${NAMES.join('\n')}\n\n`);
  return root;
}

function load(folder: string, more: Partial<ImageDataOf<'cifar10'>> = {}, classes = NAMES, size = 32) {
  return loadStaticImages({ format: 'cifar10', folder, channel: 'value', ...more }, classes, size);
}

describe('CIFAR-10, binary version', () => {
  it('is grouped by class, training images before test images', () =>
    withFolder(async (folder) => {
      const root = await writeCifar10(folder);
      assert.deepEqual(CIFAR10_FILES.slice(4), ['data_batch_5.bin', 'test_batch.bin']);
      for (const given of [folder, root]) {
        const images = await load(given);
        assert.equal(images.count, 120);
        assert.deepEqual(
          [...images.imagesOfClass[3]!],
          Array.from({ length: 12 }, (_, index) => 36 + index),
        );
      }
      const images = await load(folder);
      assert.equal(images.nameOf(47), 'cat/11');
      assert.match(images.warnings.join(), /test_batch\.bin has 20 images instead of 10000/);
      // cat = 3: records 6 and 16 of each file; the 11th and 12th are of the test batch.
      const planes = batchBytes(5).subarray(16 * RECORD + 1, 17 * RECORD);
      const value = planes.subarray(0, 1024).map((red, pixel) => {
        return Math.max(red, planes[1024 + pixel]!, planes[2048 + pixel]!);
      });
      assert.deepEqual([...asBytes(planeOf(images, 47, 32))], [...value]);
    }));

  it('is resized as Pillow does it, as plane and in colour', () =>
    withFolder(async (folder) => {
      await writeCifar10(folder);
      const images = await load(folder, { channel: 'blue', from: 10, perClass: 1 }, NAMES, 48);
      assert.deepEqual([...images.imagesOfClass[0]!], [10]);
      await images.prepareColours(32);
      const pixels = asBytes(coloursOf(images, 10, 32));
      const resized = pillowResize({ width: 32, height: 32, channels: 3, pixels }, 48);
      assert.deepEqual(asBytes(coloursOf(images, 10, 48)), resized);
      const blue = resized.filter((_, position) => position % 3 === 2);
      assert.deepEqual(asBytes(planeOf(images, 10, 48)), Uint8Array.from(blue));
    }));

  it('is refused with the byte where a file is damaged; other classes are named', () =>
    withFolder(async (folder) => {
      const root = await writeCifar10(folder);
      await assert.rejects(load(folder, {}, ['cat', 'dog', 'bus']), {
        message: /no image of bus; images of airplane, .*, which the recordings do not have/,
      });
      const file = path.join(root, 'data_batch_2.bin');
      const bytes = await readFile(file);
      await writeFile(file, bytes.subarray(0, 5 * RECORD + 100));
      await assert.rejects(load(folder), { category: 'data', place: { file, byteOffset: 5 * RECORD } });
      bytes[3 * RECORD] = 10;
      await writeFile(file, bytes);
      await assert.rejects(load(folder), { message: /label 10/, place: { file, byteOffset: 3 * RECORD } });
      await rm(path.join(root, 'data_batch_4.bin'));
      const report = await checkStaticImages({ format: 'cifar10', folder, channel: 'value' });
      assert.deepEqual(report.missing, ['data_batch_4.bin']);
      assert.deepEqual(report.corrupt, [{ file, message: 'label 10 is above 9' }]);
      assert.deepEqual(report.classes[9], { name: 'truck', count: 8 });
      await writeFile(path.join(root, 'batches.meta.txt'), 'cat\ndog\n');
      await assert.rejects(load(folder), { message: /names 2 classes instead of 10/ });
      await rm(path.join(root, 'batches.meta.txt'));
      await assert.rejects(load(folder), { category: 'data', message: /no batches\.meta\.txt/ });
    }));

  it('never fails with anything but a typed error', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(2), fc.nat(255), (records, more, fill) => {
        try {
          const decoded = decodeCifarBatch(new Uint8Array(records * RECORD + more).fill(fill), 'batch');
          assert.ok(decoded.length === records && records > 0 && more === 0 && fill < 10);
        } catch (error) {
          assert.ok(error instanceof SpikeBridgeError, String(error));
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

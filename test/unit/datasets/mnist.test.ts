import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  decodeIdxImages,
  decodeIdxLabels,
  encodeIdxImages,
  encodeIdxLabels,
  unpackGzip,
} from '../../../engine/datasets/idx';
import type { ImageDataOf } from '../../../engine/datasets/imageDataSchema';
import { loadMnist } from '../../../engine/datasets/mnist';
import { planeWriter } from '../../../engine/datasets/planeSource';
import { SpikeBridgeError } from '../../../engine/errors';
import { withFolder, writeImages } from './fixtures';

const IMAGES = {
  count: 2,
  height: 3,
  width: 4,
  pixels: Uint8Array.from({ length: 24 }, (_, index) => index),
};

function offsetOf(decode: () => unknown, message: RegExp): number | undefined {
  try {
    decode();
  } catch (error) {
    assert.ok(error instanceof SpikeBridgeError);
    assert.equal(error.category, 'data');
    assert.equal(error.place.file, 'digits');
    assert.match(error.message, message);
    return error.place.byteOffset;
  }
  return assert.fail('no error');
}

describe('idx files', () => {
  it('are read as they were written', () => {
    const { pixels, ...sizes } = decodeIdxImages(encodeIdxImages(IMAGES), 'digits');
    assert.deepEqual(sizes, { count: 2, height: 3, width: 4 });
    assert.deepEqual([...pixels], [...IMAGES.pixels]);
    assert.deepEqual([...decodeIdxLabels(encodeIdxLabels(Uint8Array.of(3, 9)), 'digits')], [3, 9]);
  });

  it('are refused with the byte offset when the magic, header or length is wrong', () => {
    const bytes = encodeIdxImages(IMAGES);
    assert.equal(
      offsetOf(() => decodeIdxLabels(bytes, 'digits'), /0x00000803, not 0x00000801/),
      0,
    );
    assert.equal(
      offsetOf(() => decodeIdxImages(bytes.subarray(0, 9), 'digits'), /inside its 16-byte header/),
      9,
    );
    assert.equal(
      offsetOf(() => decodeIdxImages(bytes.subarray(0, 30), 'digits'), /truncated: 30 .* 40/),
      30,
    );
    assert.equal(
      offsetOf(() => decodeIdxImages(Buffer.concat([bytes, bytes]), 'digits'), /longer/),
      40,
    );
    assert.equal(
      offsetOf(() => unpackGzip(gzipSync(bytes).subarray(0, 20), 'digits'), /gzip/),
      undefined,
    );
  });

  it('never fail with anything but a typed error', () => {
    const header = fc.tuple(
      fc.constantFrom(0x0801, 0x0803),
      fc.array(fc.oneof(fc.nat(4), fc.nat(0xffffffff)), { maxLength: 4 }),
    );
    const headed = fc.tuple(header, fc.uint8Array({ maxLength: 70 })).map(([[magic, sizes], rest]) => {
      const words = Buffer.alloc(4 + 4 * sizes.length);
      [magic, ...sizes].forEach((word, index) => {
        words.writeUInt32BE(word, 4 * index);
      });
      return Buffer.concat([words, rest]);
    });
    const gzipped = fc.uint8Array({ maxLength: 60 }).map((rest) => Buffer.from([0x1f, 0x8b, 8, 0, ...rest]));
    fc.assert(
      fc.property(fc.oneof(headed, gzipped), (bytes) => {
        for (const decode of [decodeIdxImages, decodeIdxLabels]) {
          try {
            decode(unpackGzip(bytes, 'digits'), 'digits');
          } catch (error) {
            assert.ok(error instanceof SpikeBridgeError, String(error));
          }
        }
      }),
      { seed: 8, numRuns: 2000 },
    );
  });
});

describe('loadMnist', () => {
  const load = (
    labels: readonly number[],
    classes: readonly string[],
    options: Partial<ImageDataOf<'mnist'>> = {},
    change: (folder: string) => Promise<unknown> = async () => undefined,
  ) =>
    withFolder(async (folder) => {
      await writeImages(folder, labels);
      await change(folder);
      return loadMnist({ format: 'mnist', folder, split: 'train', ...options }, classes);
    });

  it('groups the selected images by class', async () => {
    const { imagesOfClass } = await load([1, 0, 1, 0, 1], ['0', '1'], { from: 1, to: 3 });
    assert.deepEqual(imagesOfClass, [Uint32Array.of(1, 3), Uint32Array.of(2)]);
  });

  it('normalises pixels with the mean and deviation of MNIST', async () => {
    const { planes } = await load([0, 0, 0], ['0']);
    const target = new Float32Array(37);
    planeWriter(planes, 6)(2, target, 1);
    assert.equal(target[0], 0);
    for (const value of target.subarray(1)) {
      assert.ok(Math.abs(value - (3 / 255 - 0.1307) / 0.3081) < 1e-6);
    }
  });

  it('reads gzip files', async () => {
    const images = await load([0, 1], ['0', '1'], {}, async (folder) => {
      for (const name of ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte']) {
        const file = path.join(folder, name);
        await writeFile(`${file}.gz`, gzipSync(await readFile(file)));
        await rm(file);
      }
    });
    assert.deepEqual(images.imagesOfClass, [Uint32Array.of(0), Uint32Array.of(1)]);
  });

  it('names missing and extra classes', async () => {
    await assert.rejects(load([0, 1, 7, 5], ['0', '1', '2']), {
      category: 'data',
      message: /no image of 2; images of 5, 7, which the recordings do not have/,
    });
    await assert.rejects(load([0, 1], ['0', '1'], { from: 1 }), { message: /no image of 0/ });
  });

  it('refuses missing files, ranges outside the set and other numbers of labels', async () => {
    await assert.rejects(load([0], ['0'], { split: 't10k' }), {
      category: 'data',
      message: /neither this file nor its \.gz/,
    });
    await assert.rejects(load([0, 0], ['0'], { to: 2 }), { message: /images 0 to 2 .* 2 images \(0 to 1\)/ });
    await assert.rejects(load([0, 0], ['0'], { from: 5 }), { category: 'data' });
    const fewer = (folder: string) =>
      writeFile(path.join(folder, 'train-labels-idx1-ubyte'), encodeIdxLabels(Uint8Array.of(0)));
    await assert.rejects(load([0, 0], ['0'], {}, fewer), {
      category: 'data',
      message: /1 labels for 2 images/,
    });
  });
});

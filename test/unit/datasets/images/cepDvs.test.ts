import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CEP_DVS_CLASSES } from '../../../../engine/datasets/cepDvsClasses';
import type { ImageDataOf } from '../../../../engine/datasets/imageDataSchema';
import { checkStaticImages } from '../../../../engine/datasets/images/checkStaticImages';
import { loadStaticImages } from '../../../../engine/datasets/staticImageLoader';
import { channelOf } from '../../../../engine/images/channel';
import { decodeImage } from '../../../../engine/images/decodeImage';
import { pillowResize } from '../../../../engine/images/pillowResize';
import { tensorResize } from '../../../../engine/images/tensorResize';
import { assertClose } from '../../assertClose';
import { withFolder } from '../fixtures';
import { asBytes, coloursOf, damage, planeOf, writeImage } from './imageFixtures';

const SIZE = 5;
const COUNT = 2 * CEP_DVS_CLASSES.length;

function imageFile(folder: string, number: number): string {
  return path.join(folder, 'data/img', `${String(number).padStart(5, '0')}.jpg`);
}

/** Rows as the official table has them: a number and four blanks before the class. */
function tableOf(rows: readonly string[]): string {
  return `index path class\n${rows.map((name, row) => `${row}    ${name}\n`).join('')}`;
}

/** Two images of each class, numbered from `first`, and the table. */
async function writeCepDvs(folder: string, first = 0): Promise<void> {
  for (let image = 0; image < COUNT; image++) {
    await writeImage(imageFile(folder, first + image), image + 1, 13, 11);
  }
  const rows = Array.from({ length: COUNT }, (_, row) => CEP_DVS_CLASSES[Math.floor(row / 2)]!);
  await writeFile(path.join(folder, 'pathFile.csv'), tableOf(rows));
}

function load(folder: string, more: Partial<ImageDataOf<'cep-dvs'>> = {}) {
  const configuration = { format: 'cep-dvs', folder, channel: 'value', antialias: false, ...more } as const;
  return loadStaticImages(configuration, CEP_DVS_CLASSES, SIZE, { cacheFolder: path.join(folder, 'cache') });
}

describe('CEP-DVS images', () => {
  it('are read in number order with the classes of the table', () =>
    withFolder(async (folder) => {
      await writeCepDvs(folder);
      const images = await load(folder);
      assert.deepEqual(
        images.imagesOfClass.map((each) => [...each]),
        CEP_DVS_CLASSES.map((_, label) => [2 * label, 2 * label + 1]),
      );
      assert.equal(images.nameOf(39), 'vehicles_2/00039');
      assert.match(images.warnings.join(), /aquatic_mammals 2 instead of 500/);
    }));

  it('are one channel at full size, then resized as tensors, with antialiasing if wanted', () =>
    withFolder(async (folder) => {
      await writeCepDvs(folder);
      const image = await decodeImage(imageFile(folder, 7));
      for (const channel of ['value', 'blue'] as const) {
        for (const antialias of [false, true]) {
          const values = Float32Array.from(channelOf(image, channel), (value) => value / 255);
          const expected = tensorResize({ width: 13, height: 11, values }, SIZE, antialias);
          assertClose(planeOf(await load(folder, { channel, antialias }), 7, SIZE), expected, 0, channel);
        }
      }
      const images = await load(folder);
      await images.prepareColours(4);
      assert.deepEqual(asBytes(coloursOf(images, 7, 4)), pillowResize(image, 4));
    }));

  it('give the same planes from the cache', () =>
    withFolder(async (folder) => {
      await writeCepDvs(folder);
      const fresh = planeOf(await load(folder), 20, SIZE);
      assert.deepEqual(planeOf(await load(folder), 20, SIZE), fresh);
    }));

  it('may be numbered from 1', () =>
    withFolder(async (folder) => {
      await writeCepDvs(folder, 1);
      const images = await load(folder);
      assert.equal(images.nameOf(0), 'aquatic_mammals/00001');
      assert.equal(images.nameOf(39), 'vehicles_2/00040');
    }));

  it('are refused with the line where a row names no class, and with the file where an image has no row', () =>
    withFolder(async (folder) => {
      await writeCepDvs(folder);
      const table = path.join(folder, 'pathFile.csv');
      await writeFile(table, tableOf(['fish', 'a b c d people', 'dragons']));
      await assert.rejects(load(folder), { category: 'data', place: { file: table, line: 3 } });
      await writeFile(table, tableOf(['fish', 'trees']));
      await assert.rejects(load(folder), { message: /00002\.jpg has no row in this table of 2 rows/ });
      await assert.rejects(load(path.join(folder, 'data')), { category: 'data', message: /cannot be read/ });
    }));

  it('that are damaged are found by the check', () =>
    withFolder(async (folder) => {
      await writeCepDvs(folder);
      await damage(imageFile(folder, 12));
      const report = await checkStaticImages({
        format: 'cep-dvs',
        folder,
        channel: 'value',
        antialias: false,
      });
      assert.deepEqual(
        report.corrupt.map(({ file }) => file),
        [imageFile(folder, 12)],
      );
      assert.deepEqual(report.missing, []);
      assert.deepEqual(report.classes[19], { name: 'vehicles_2', count: 2 });
    }));
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { loadStaticImages } from '../../../../engine/datasets/staticImageLoader';
import type { StaticImages } from '../../../../engine/datasets/staticImages';
import { fnv } from '../../images/pillowVectors';
import { withFolder } from '../fixtures';
import { asBytes, coloursOf, planeOf } from './imageFixtures';

const SHARED = path.resolve(process.env.SPIKEBRIDGE_ROOT ?? '.', '../shared/data');
const CIFAR = path.join(SHARED, 'cifar10_jpg/test');
const OMNIGLOT = path.join(SHARED, 'omniglot');

/** Hash of the planes or colours of some images, one behind the other. */
function hashOf(images: readonly number[], valuesOf: (image: number) => Float32Array): number {
  return fnv(Uint8Array.from(images.flatMap((image) => [...asBytes(valuesOf(image))])));
}

function skipWithout(folder: string): Mocha.Func {
  return function skip() {
    if (!existsSync(folder)) {
      console.log(`      skipped: no real images in ${folder}`);
      this.skip();
    }
  };
}

describe('CIFAR-10 images of ../shared/data', () => {
  before(skipWithout(CIFAR));

  it('give the planes and colours that Pillow 12.0.0 and OpenCV give', () =>
    withFolder(async (cacheFolder) => {
      const classes = (await readdir(CIFAR)).sort();
      const load = (channel: 'value' | 'blue'): Promise<StaticImages> =>
        loadStaticImages({ format: 'folder', folder: CIFAR, channel }, classes, 48, { cacheFolder });
      const images = await load('value');
      assert.equal(images.count, 500);
      const chosen = images.imagesOfClass.flatMap((each) => [...each.subarray(0, 5)]);
      await images.prepareColours(48);
      assert.equal(
        hashOf(chosen, (image) => planeOf(images, image, 48)),
        103578639,
      );
      assert.equal(
        hashOf(chosen, (image) => coloursOf(images, image, 48)),
        4114037380,
      );
      const blue = await load('blue');
      assert.equal(
        hashOf(chosen, (image) => planeOf(blue, image, 48)),
        256441673,
      );
    }));
});

describe('Omniglot images of ../shared/data', () => {
  before(skipWithout(OMNIGLOT));

  /** Every fiftieth image of a small background set, laid out as a part of Omniglot. */
  async function unpack(number: number, target: string): Promise<string[]> {
    const zip = await readFile(path.join(OMNIGLOT, `images_background_small${number}.zip`));
    const files = unzipSync(zip, { filter: ({ name }) => name.endsWith('.png') });
    const names = Object.keys(files)
      .sort()
      .filter((_, index) => index % 50 === 0);
    for (const name of names) {
      const file = path.join(target, ...name.split('/').slice(1));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, files[name]!);
    }
    return [...new Set(names.map((name) => name.split('/').slice(1, 3).join('/')))];
  }

  it('give the planes that Pillow 12.0.0 gives', () =>
    withFolder(async (folder) => {
      const background = await unpack(1, path.join(folder, 'images_background'));
      const evaluation = await unpack(2, path.join(folder, 'images_evaluation'));
      const images = await loadStaticImages(
        { format: 'omniglot', folder },
        [...background, ...evaluation],
        28,
        { cacheFolder: path.join(folder, 'cache') },
      );
      const all = Array.from({ length: images.count }, (_, image) => image);
      const plane = (image: number) => planeOf(images, image, 28);
      assert.equal(images.count, 55 + 63);
      assert.equal(hashOf(all.slice(0, 55), plane), 600214704);
      assert.equal(hashOf(all.slice(55), plane), 1177151941);
    }));
});

import assert from 'node:assert/strict';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CALTECH101_CLASSES } from '../../../../engine/datasets/caltechClasses';
import type { ImageDataOf } from '../../../../engine/datasets/imageDataSchema';
import { checkStaticImages } from '../../../../engine/datasets/images/checkStaticImages';
import { type ImageLoadOptions, loadStaticImages } from '../../../../engine/datasets/staticImageLoader';
import type { SpikeBridgeError } from '../../../../engine/errors';
import { decodeImage } from '../../../../engine/images/decodeImage';
import { pillowResize } from '../../../../engine/images/pillowResize';
import { withFolder } from '../fixtures';
import { asBytes, coloursOf, damage, photoBytes, planeOf, writeImage } from './imageFixtures';

const NAMES = CALTECH101_CLASSES.map(({ name }) => name);
const SIZE = 6;

let photos: Promise<Buffer[]> | undefined;

/** Seven different photos, encoded once for all tests. */
function photosOnce(): Promise<Buffer[]> {
  photos ??= Promise.all([1, 2, 3, 4, 5, 6, 7].map((seed) => photoBytes(seed)));
  return photos;
}

/** Two images of each class as caltech101/101_ObjectCategories has them, "Faces" and a stray file among them. */
async function writeCaltech(folder: string): Promise<string> {
  const tree = path.join(folder, '101_ObjectCategories');
  const photos = await photosOnce();
  for (const [label, name] of [...NAMES, 'Faces'].entries()) {
    await mkdir(path.join(tree, name), { recursive: true });
    await writeFile(path.join(tree, name, 'image_0002.jpg'), photos[(2 * label + 1) % photos.length]!);
    await writeFile(path.join(tree, name, 'image_0001.jpg'), photos[(2 * label) % photos.length]!);
  }
  await writeFile(path.join(tree, 'BACKGROUND_Google', 'tmp'), 'no image');
  return tree;
}

function configuration(folder: string, more: Partial<ImageDataOf<'caltech101'>> = {}) {
  return { format: 'caltech101', channel: 'value', folder, ...more } as const;
}

/** Runs `use` on a miniature; each gets a cache of its own. */
function withCaltech<Result>(
  use: (set: {
    folder: string;
    tree: string;
    cacheFolder: string;
    load: (
      more?: Partial<ImageDataOf<'caltech101'>>,
      classes?: readonly string[],
      options?: ImageLoadOptions,
    ) => ReturnType<typeof loadStaticImages>;
  }) => Promise<Result>,
): Promise<Result> {
  return withFolder(async (folder) => {
    const tree = await writeCaltech(folder);
    const cacheFolder = path.join(folder, 'cache');
    return use({
      folder,
      tree,
      cacheFolder,
      load: (more, classes = NAMES, options = {}) =>
        loadStaticImages(configuration(folder, more), classes, SIZE, { cacheFolder, ...options }),
    });
  });
}

describe('Caltech101', () => {
  it('has the classes and counts of N-Caltech101', () => {
    assert.equal(NAMES.length, 101);
    assert.equal(
      CALTECH101_CLASSES.reduce((sum, { count }) => sum + count, 0),
      8709,
    );
    assert.deepEqual(NAMES.slice(0, 5), [
      'BACKGROUND_Google',
      'Faces_easy',
      'Leopards',
      'Motorbikes',
      'accordion',
    ]);
    assert.equal(NAMES.at(-1), 'yin_yang');
    assert.ok(!NAMES.includes('Faces'));
  });

  it('is read class by class in the order of N-Caltech101, images by name', () =>
    withCaltech(async ({ load, tree }) => {
      const images = await load();
      assert.equal(images.count, 202);
      assert.deepEqual(
        images.imagesOfClass.map((each) => [...each]),
        NAMES.map((_, label) => [2 * label, 2 * label + 1]),
      );
      assert.equal(images.nameOf(3), 'Faces_easy/image_0002');
      for (const [image, file] of [
        [0, 'BACKGROUND_Google/image_0001.jpg'],
        [201, 'yin_yang/image_0002.jpg'],
      ] as const) {
        const resized = pillowResize(await decodeImage(path.join(tree, file)), SIZE);
        const value = Array.from({ length: SIZE * SIZE }, (_, pixel) =>
          Math.max(...resized.subarray(3 * pixel, 3 * pixel + 3)),
        );
        assert.deepEqual([...asBytes(planeOf(images, image, SIZE))], value);
        await images.prepareColours(SIZE);
        assert.deepEqual([...asBytes(coloursOf(images, image, SIZE))], [...resized]);
      }
      assert.match(images.warnings.join(), /BACKGROUND_Google 2 instead of 467, Faces_easy 2 instead of 435/);
      assert.match(images.warnings.join(), /91 more/);
    }));

  it('takes blue, a selection, and some classes only', () =>
    withCaltech(async ({ load }) => {
      const images = await load({ channel: 'blue', from: 1, classes: ['ant', 'Leopards'] }, [
        'ant',
        'Leopards',
      ]);
      assert.deepEqual(images.imagesOfClass, [Uint32Array.of(3), Uint32Array.of(1)]);
      assert.equal(images.nameOf(3), 'ant/image_0002');
      await images.prepareColours(SIZE);
      const blue = coloursOf(images, 3, SIZE).filter((_, position) => position % 3 === 2);
      assert.deepEqual(planeOf(images, 3, SIZE), blue);
      const one = await load({ perClass: 1 });
      assert.deepEqual(one.imagesOfClass.slice(0, 2), [Uint32Array.of(0), Uint32Array.of(2)]);
    }));

  it('refuses other classes, empty selections and unknown names, by name', () =>
    withCaltech(async ({ load, tree, folder }) => {
      await assert.rejects(load({ from: 2 }), { category: 'data', message: /no image of BACKGROUND_Google/ });
      await assert.rejects(load({ classes: ['ant', 'unicorn'] }), {
        category: 'configuration',
        message: /unicorn/,
      });
      await rm(path.join(tree, 'emu'), { recursive: true });
      await assert.rejects(load(), { category: 'data', message: /no image of emu$/ });
      await assert.rejects(load({}, ['ant']), {
        message: /images of BACKGROUND_Google, .* and 89 more, which/,
      });
      await assert.rejects(load({ folder: path.join(folder, 'elsewhere') }), {
        category: 'data',
        message: /no folder 101_ObjectCategories/,
      });
    }));

  it('stops at a damaged image and names it; the check finds it, and classes that are missing', () =>
    withCaltech(async ({ load, tree, folder }) => {
      const damaged = path.join(tree, 'ewer', 'image_0002.jpg');
      await damage(damaged);
      await rm(path.join(tree, 'wrench'), { recursive: true });
      await mkdir(path.join(tree, 'strange'));
      const classes = NAMES.filter((name) => name !== 'wrench');
      await assert.rejects(load({}, classes), (error: SpikeBridgeError) => {
        assert.equal(error.category, 'data');
        assert.equal(error.place.file, damaged);
        assert.match(error.nextStep, /Replace the file/);
        return true;
      });
      const done: number[] = [];
      const report = await checkStaticImages(configuration(folder), (progress) => done.push(progress.done));
      assert.deepEqual(
        report.corrupt.map(({ file }) => file),
        [damaged],
      );
      assert.deepEqual(report.missing, ['wrench']);
      assert.deepEqual(report.classes[1], { name: 'Faces_easy', count: 2 });
      assert.equal(report.classes.length, 100);
      assert.match(report.warnings.join(), /left out: strange/);
      assert.equal(Math.max(...done), 200);
    }));
});

describe('the cache of decoded images', () => {
  const entriesOf = async (folder: string) =>
    (await readdir(folder)).filter((name) => name.endsWith('.images'));

  it('serves a second load, survives damage, and notices changed files', () =>
    withCaltech(async ({ load, tree, cacheFolder }) => {
      const fresh = planeOf(await load(), 7, SIZE);
      const [entry] = await entriesOf(cacheFolder);
      const file = path.join(tree, NAMES[3]!, 'image_0002.jpg');
      const past = new Date(2020, 1, 1);
      await utimes(path.join(cacheFolder, entry!), past, past);
      assert.deepEqual(planeOf(await load(), 7, SIZE), fresh);
      assert.deepEqual(await entriesOf(cacheFolder), [entry]);

      await writeFile(path.join(cacheFolder, entry!), 'SBIMAGE1 and nothing more');
      assert.deepEqual(planeOf(await load(), 7, SIZE), fresh);

      await writeImage(file, 999);
      await utimes(file, past, past);
      assert.notDeepEqual(planeOf(await load(), 7, SIZE), fresh);
      assert.equal((await entriesOf(cacheFolder)).length, 2);
    }));

  it('is not needed: a folder that cannot be written gives one warning', () =>
    withCaltech(async ({ load, folder }) => {
      const cacheFolder = path.join(folder, 'file');
      await writeFile(cacheFolder, '');
      const images = await load({}, NAMES, { cacheFolder });
      await images.prepareColours(9);
      assert.equal(images.warnings.filter((warning) => /images are not cached/.test(warning)).length, 1);
    }));

  it('is the same for both channels; progress counts images, and a load can be cancelled', () =>
    withCaltech(async ({ load, cacheFolder }) => {
      const progress: string[] = [];
      const onProgress = ({ done, total }: { done: number; total: number }) =>
        progress.push(`${done}/${total}`);
      await load({}, NAMES, { onProgress });
      assert.equal(progress.length, 202);
      assert.equal(progress.at(-1), '202/202');
      progress.length = 0;
      await load({ channel: 'blue' }, NAMES, { onProgress });
      assert.deepEqual(progress, ['202/202']);

      await rm(cacheFolder, { recursive: true });
      const controller = new AbortController();
      const stopping = load({}, NAMES, { signal: controller.signal, onProgress: () => controller.abort() });
      await assert.rejects(stopping, { category: 'cancelled' });
      await assert.rejects(load({}, NAMES, { signal: AbortSignal.abort() }), { category: 'cancelled' });
    }));
});

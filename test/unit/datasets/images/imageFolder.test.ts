import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { selectByClass, selectImages } from '../../../../engine/datasets/images/classSelection';
import { loadStaticImages } from '../../../../engine/datasets/staticImageLoader';
import { withFolder } from '../fixtures';
import { coloursOf, planeOf, writeImage } from './imageFixtures';

describe('a folder of images', () => {
  const load = (folder: string, classes: readonly string[]) =>
    loadStaticImages({ format: 'folder', folder, channel: 'value' }, classes, 8, {
      cacheFolder: path.join(folder, '.cache'),
    });

  it('has a class per folder; files of several formats count by name, other files do not', () =>
    withFolder(async (folder) => {
      const files = ['left/b.png', 'left/a.JPG', 'left/c.webp', 'right/x.tiff', 'right/w.gif'];
      for (const [index, name] of files.entries()) {
        await writeImage(path.join(folder, name.replace('JPG', 'jpeg')), index + 1);
      }
      await writeFile(path.join(folder, 'left', 'notes.txt'), 'text');
      await writeFile(path.join(folder, 'left', '.hidden.png'), 'not to be read');
      await mkdir(path.join(folder, 'empty'));
      const images = await load(folder, ['right', 'left']);
      assert.deepEqual(images.imagesOfClass, [Uint32Array.of(3, 4), Uint32Array.of(0, 1, 2)]);
      assert.deepEqual(
        Array.from({ length: images.count }, (_, image) => images.nameOf(image)),
        ['left/a', 'left/b', 'left/c', 'right/w', 'right/x'],
      );
      assert.deepEqual(images.warnings, ['folders without images are left out: empty']);
      assert.throws(() => coloursOf(images, 0, 7), /7 pixels were not prepared/);
      const plane = planeOf(images, 1, 8);
      assert.ok(plane.every((value) => value >= 0 && value <= 1) && new Set(plane).size > 10);
    }));

  it('says which images it leaves out because they cannot be read', () =>
    withFolder(async (folder) => {
      await writeImage(path.join(folder, 'left/a.png'), 1);
      await writeImage(path.join(folder, 'right/a.png'), 2);
      await writeFile(path.join(folder, 'left', 'b.BMP'), 'BM');
      await writeFile(path.join(folder, 'left', 'c.ppm'), 'P6');
      const { warnings, count } = await load(folder, ['left', 'right']);
      assert.equal(count, 2);
      assert.match(
        warnings.join(),
        /^2 images cannot be read \(the first is left\/b\.BMP\): convert them to jpg/,
      );
    }));

  it('says which folders lie too deep to be read', () =>
    withFolder(async (folder) => {
      await writeImage(path.join(folder, 'left/a.png'), 1);
      await writeImage(path.join(folder, 'left/more/b.png'), 2);
      const { warnings, count } = await load(folder, ['left']);
      assert.equal(count, 1);
      assert.match(warnings.join(), /^folders inside class folders are not read: left\/more;/);
    }));

  it('is refused where it holds images of other formats only, naming the first', () =>
    withFolder(async (folder) => {
      await mkdir(path.join(folder, 'left'));
      await writeFile(path.join(folder, 'left', 'b.bmp'), 'BM');
      await assert.rejects(load(folder, ['left']), { category: 'data', message: /first is left\/b\.bmp/ });
    }));

  it('is refused where it holds no images', () =>
    withFolder(async (folder) => {
      await mkdir(path.join(folder, 'empty'));
      await assert.rejects(load(folder, ['empty']), {
        category: 'data',
        message: /no folder .* holds an image/,
      });
      await assert.rejects(load(path.join(folder, 'none'), []), { category: 'data', message: /ENOENT/ });
    }));
});

describe('selection of a class', () => {
  it('tells a class without images from a selection that leaves none', () => {
    const found = [
      { name: 'left', images: [0, 1] },
      { name: 'right', images: [] },
    ];
    const select = (classes: typeof found, from: number) =>
      selectByClass(
        classes,
        classes.map(({ name }) => name),
        { from },
        'set',
      );
    assert.throws(() => select(found, 0), /the image set holds no image of right/);
    assert.throws(() => select(found.slice(0, 1), 2), /from and to select no image of left/);
  });

  it('keeps order, never more than asked for, and everything by default', () => {
    const bound = fc.option(fc.nat(12), { nil: undefined });
    fc.assert(
      fc.property(
        fc.nat(10),
        bound,
        bound,
        fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
        (count, from, to, perClass) => {
          const images = Array.from({ length: count }, (_, index) => 100 + index);
          const expected = images.filter((_, index) => index >= (from ?? 0) && index <= (to ?? count));
          assert.deepEqual(selectImages(images, { from, to, perClass }), expected.slice(0, perClass));
        },
      ),
      { seed: 9, numRuns: 500 },
    );
  });
});

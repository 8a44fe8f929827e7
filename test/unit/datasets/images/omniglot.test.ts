import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkStaticImages } from '../../../../engine/datasets/images/checkStaticImages';
import { loadStaticImages } from '../../../../engine/datasets/staticImageLoader';
import { decodeImage } from '../../../../engine/images/decodeImage';
import { pillowResize } from '../../../../engine/images/pillowResize';
import { withFolder } from '../fixtures';
import { asBytes, coloursOf, drawingBytes, planeOf } from './imageFixtures';

/** Numbers of characters of the two parts, over alphabets of 33. */
const PARTS = { images_background: 964, images_evaluation: 659 };
const SIZE = 28;

/** Class names of a part, alphabets and characters by name. */
function classesOf(part: keyof typeof PARTS): string[] {
  return Array.from({ length: PARTS[part] }, (_, index) => {
    const alphabet = String.fromCharCode(65 + Math.floor(index / 33));
    return `${part === 'images_background' ? 'Back' : 'Anew'}_${alphabet}/character${String((index % 33) + 1).padStart(2, '0')}`;
  });
}

const BACKGROUND = classesOf('images_background');
const EVALUATION = classesOf('images_evaluation');
const CLASSES = [...BACKGROUND, ...EVALUATION];

/** One drawing of each character: 1,623 files. */
async function writeOmniglot(folder: string): Promise<void> {
  const drawings = await Promise.all([1, 2, 3].map(drawingBytes));
  for (const part of ['images_background', 'images_evaluation'] as const) {
    for (const [index, name] of classesOf(part).entries()) {
      const character = path.join(folder, part, name);
      await mkdir(character, { recursive: true });
      const file = `${String(index + 1).padStart(4, '0')}_01.png`;
      await writeFile(path.join(character, file), drawings[index % 3]!);
    }
  }
}

describe('Omniglot', () => {
  it('is background, then evaluation, grey and not inverted; a damaged drawing is named', () =>
    withFolder(async (folder) => {
      await writeOmniglot(folder);
      const configuration = { format: 'omniglot', folder } as const;
      const cacheFolder = path.join(folder, 'cache');
      const images = await loadStaticImages(configuration, CLASSES, SIZE, { cacheFolder });
      assert.equal(images.count, 1623);
      assert.deepEqual(
        images.imagesOfClass.map((each) => [...each]),
        CLASSES.map((_, label) => [label]),
      );
      assert.equal(images.nameOf(964), 'Anew_A/character01/0001_01');
      assert.match(images.warnings.join(), /Back_A\/character01 1 instead of 20/);

      const drawing = await decodeImage(
        path.join(folder, 'images_background', BACKGROUND[4]!, '0005_01.png'),
      );
      const plane = planeOf(images, 4, SIZE);
      assert.deepEqual(asBytes(plane), pillowResize(drawing, SIZE));
      assert.equal(Math.max(...plane), 1, 'the ground is white');
      await images.prepareColours(SIZE);
      const colours = coloursOf(images, 4, SIZE);
      assert.deepEqual([...plane], [...colours.filter((_, position) => position % 3 === 1)]);

      const damaged = path.join(folder, 'images_evaluation', EVALUATION[7]!, '0008_01.png');
      await writeFile(damaged, 'no drawing');
      await assert.rejects(loadStaticImages(configuration, CLASSES, SIZE, { cacheFolder }), {
        category: 'data',
        place: { file: damaged },
      });
      const report = await checkStaticImages(configuration);
      assert.deepEqual(
        report.corrupt.map(({ file }) => file),
        [damaged],
      );
      assert.equal(report.classes.length, 1623);
    })).timeout(120_000);

  it('needs both parts, and says how many characters lack', () =>
    withFolder(async (folder) => {
      const names = ['Greek/character02', 'Greek/character01', 'Latin/character01'];
      for (const [index, name] of names.entries()) {
        const part = index < 2 ? 'images_background' : 'images_evaluation';
        await mkdir(path.join(folder, part, name), { recursive: true });
        await writeFile(path.join(folder, part, name, '0001_01.png'), await drawingBytes(index));
      }
      const configuration = { format: 'omniglot', folder } as const;
      const { classes, warnings } = await checkStaticImages(configuration);
      assert.deepEqual(
        classes.map(({ name }) => name),
        ['Greek/character01', 'Greek/character02', 'Latin/character01'],
      );
      assert.match(warnings[0]!, /images_background has 2 characters instead of 964/);
      await rm(path.join(folder, 'images_evaluation'), { recursive: true });
      await assert.rejects(checkStaticImages(configuration), {
        category: 'data',
        message: /images_background and images_evaluation are not both here/,
      });
    }));
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CALTECH101_CLASSES } from '../../../../engine/datasets/caltechClasses';
import { listEventSet } from '../../../../engine/datasets/eventSets/eventSets';
import { decodeBytes, RECORDINGS } from '../../../tools/recordings';
import { encodeAtis } from '../../../tools/wordEncoders';
import { withFolder } from '../fixtures';
import { caltechRows, put, writeNcaltech101 } from './miniatures';
import { extentOfRows, fromOrigin, plainFrames } from './plainFrames';
import { assertClose, configured, countsOf, framesOf } from './support';

const FRAMES = { timeSteps: 4, sizePixels: 12 };
const REAL = path.join(RECORDINGS, 'ncaltech101_bin/Faces_easy/faces_easy_0001.bin');
const inFolder = (folder: string, options = {}) => configured({ format: 'n-caltech101', folder, ...options });

describe('N-Caltech101', () => {
  it('has 101 classes in index order, BACKGROUND_Google first, from the folder or the one above', () =>
    withFolder(async (folder) => {
      await writeNcaltech101(folder, 2);
      const above = await listEventSet(inFolder(folder));
      const inside = await listEventSet(inFolder(path.join(folder, 'Caltech101')));
      assert.deepEqual(inside, above);
      assert.deepEqual(
        countsOf(above.classes, above.recordings),
        CALTECH101_CLASSES.map(({ name }) => [name, 2]),
      );
      assert.deepEqual(above.classes.slice(0, 5), [
        'BACKGROUND_Google',
        'Faces_easy',
        'Leopards',
        'Motorbikes',
        'accordion',
      ]);
      const { bytes, ...entry } = above.recordings[3]!;
      assert.deepEqual(entry, { file: 'Faces_easy/image_0002.bin', label: 1, number: 2 });
      assert.equal(bytes, 60 * 5);
      assert.deepEqual(above.warnings, []);
    }));

  it('bins each recording on its own extent, the smallest x and y subtracted', () =>
    withFolder(async (folder) => {
      await writeNcaltech101(folder, 2);
      const frames = await framesOf(inFolder(folder), FRAMES, (all) => [all[0], all[13], all[201]]);
      const samples = [caltechRows(0, 1), caltechRows(6, 2), caltechRows(100, 2)];
      for (const [index, rows] of samples.entries()) {
        const moved = fromOrigin(rows);
        assertClose(frames[index]!, plainFrames(moved, { timeSteps: 4, size: 12, ...extentOfRows(moved) }));
      }
    }));

  it('reads overflow markers, and gives both channels to recordings of one polarity', () =>
    withFolder(async (folder) => {
      const rows = caltechRows(1, 1).map(([t, x, y]) => [t + 2 ** 23 - 100_000, x, y, 1] as const);
      assert.ok(rows[0]![0] < 2 ** 23 && rows.at(-1)![0] > 2 ** 23);
      await put(path.join(folder, 'Caltech101/ant/image_0001.bin'), encodeAtis(rows));
      const [frames] = await framesOf(inFolder(folder), FRAMES, (all) => all);
      const moved = fromOrigin(rows);
      const expected = plainFrames(moved, { timeSteps: 4, size: 12, ...extentOfRows(moved) });
      assertClose(frames!, expected);
      assert.ok(frames!.every((value, index) => index % 2 === 1 || value === 0));
    }));

  it('names the damaged file and the byte, and what does not belong there', () =>
    withFolder(async (folder) => {
      await writeNcaltech101(folder, 1);
      const all = (recordings: readonly unknown[]) => recordings as never[];
      const damaged = path.join(folder, 'Caltech101/emu/image_0001.bin');
      await truncate(damaged, 203);
      await assert.rejects(framesOf(inFolder(folder), FRAMES, all), {
        category: 'data',
        message: /ends inside an event/,
        place: { file: damaged, byteOffset: 200 },
      });
      await writeFile(damaged, '');
      await assert.rejects(framesOf(inFolder(folder), FRAMES, all), {
        category: 'data',
        place: { file: damaged },
      });
      await mkdir(path.join(folder, 'Caltech101/Faces'));
      await assert.rejects(listEventSet(inFolder(folder)), {
        message: /no class of the data set/,
        place: { file: path.join(folder, 'Caltech101/Faces') },
      });
      await rm(path.join(folder, 'Caltech101/Faces'), { recursive: true });
      await put(path.join(folder, 'Caltech101/emu/picture.jpg'), 'x');
      await assert.rejects(listEventSet(inFolder(folder)), {
        message: /no recording of the data set by its name/,
        place: { file: path.join(folder, 'Caltech101/emu/picture.jpg') },
      });
      await rm(path.join(folder, 'Caltech101/emu/picture.jpg'));
      await put(path.join(folder, 'Caltech101/emu/more/image_0001.bin'), 'x');
      await assert.rejects(listEventSet(inFolder(folder)), {
        message: /a folder where a recording should be/,
        place: { file: path.join(folder, 'Caltech101/emu/more') },
      });
    }));

  it('takes some classes and the first recordings of each, and says which classes are missing', () =>
    withFolder(async (folder) => {
      for (const name of ['ant', 'emu', 'crab']) {
        for (const number of [1, 2, 3]) {
          await put(path.join(folder, name, `image_000${number}.bin`), encodeAtis(caltechRows(1, number)));
        }
      }
      const { classes, recordings, warnings } = await listEventSet(
        inFolder(folder, { classes: ['emu', 'ant'], perClass: 2 }),
      );
      assert.deepEqual(countsOf(classes, recordings), [
        ['ant', 2],
        ['emu', 2],
      ]);
      assert.match(warnings.join(), /^3 of the 101 classes .* missing: BACKGROUND_Google/);
      await assert.rejects(listEventSet(inFolder(folder, { classes: ['emu', 'unicorn'] })), {
        category: 'configuration',
        message: /unicorn is no class/,
      });
      await assert.rejects(listEventSet(inFolder(path.join(folder, 'ant'))), {
        category: 'data',
        message: /not here/,
      });
    }));

  it('gives the frames of the real recording', async function () {
    if (!existsSync(REAL)) {
      console.log(`      skipped: no real recording ${REAL}`);
      this.skip();
    }
    await withFolder(async (folder) => {
      await mkdir(path.join(folder, 'Faces_easy'));
      await symlink(REAL, path.join(folder, 'Faces_easy/image_0001.bin'));
      const sizes = { timeSteps: 10, sizePixels: 48 };
      const [frames] = await framesOf(inFolder(folder), sizes, (all) => all);
      const decoded = await decodeBytes(await readFile(REAL), {}, 'image_0001.bin');
      const rows = fromOrigin(decoded.rows);
      assert.deepEqual([rows.length, extentOfRows(rows)], [67_445, { width: 151, height: 173 }]);
      assertClose(frames!, plainFrames(rows, { timeSteps: 10, size: 48, width: 151, height: 173 }));
    });
  });
});

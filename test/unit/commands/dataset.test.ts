import assert from 'node:assert/strict';
import { truncate } from 'node:fs/promises';
import path from 'node:path';
import { checkDatasets, type DatasetCheckOptions, datasetGroup } from '../../../engine/commands/dataset';
import type { DataSetReport } from '../../../engine/datasets/check/dataSetReport';
import { recogniseDataSets } from '../../../engine/datasets/check/recogniseDataSet';
import { eventDataSchema } from '../../../engine/datasets/eventDataSchema';
import { imageDataSchema } from '../../../engine/datasets/imageDataSchema';
import { encodeAtis } from '../../tools/wordEncoders';
import {
  put,
  randomRows,
  writeCepDvs,
  writeCifar10Dvs,
  writeGesture,
  writeNcaltech101,
  writeNcars,
  writeNomniglot,
} from '../datasets/eventSets/miniatures';
import { withFolder, writeImages, writeRecordings } from '../datasets/fixtures';
import { damage, writeImage } from '../datasets/images/imageFixtures';

interface Printed {
  readonly code: number;
  readonly lines: string;
}

async function check(folder: string, options: DatasetCheckOptions = {}): Promise<Printed> {
  const lines: string[] = [];
  const output = {
    print: (line: string) => void lines.push(line),
    note: () => undefined,
    transient: () => undefined,
  };
  const code = await checkDatasets(folder, options, output);
  return { code, lines: lines.join('\n') };
}

/** The reports of `--json`. */
async function reportsOf(
  folder: string,
  options: DatasetCheckOptions = {},
): Promise<{ code: number; fine: boolean; dataSets: DataSetReport[] }> {
  const { code, lines } = await check(folder, { ...options, json: true });
  return { code, ...JSON.parse(lines) };
}

/** Small recordings and images in folders of two classes. */
async function writeOwnFolders(folder: string): Promise<void> {
  for (const name of ['run', 'walk']) {
    const rows = randomRows(name.length, { width: 20, height: 20 });
    await put(path.join(folder, 'recordings', name, '1.bin'), encodeAtis(rows));
    await writeImage(path.join(folder, 'pictures', name, '1.png'), name.length);
  }
}

const EVENT_SETS: readonly [format: string, write: (folder: string) => Promise<void>, samples: number][] = [
  ['n-mnist', (folder) => writeRecordings(folder, [0, 1], 2), 8],
  ['n-caltech101', (folder) => writeNcaltech101(folder, 1), 101],
  ['cep-dvs', (folder) => writeCepDvs(folder, 20), 20],
  ['n-omniglot', (folder) => writeNomniglot(folder, 2, 1), 60],
  ['cifar10-dvs', (folder) => writeCifar10Dvs(folder, 1, 1), 10],
  ['cifar10-dvs', (folder) => writeCifar10Dvs(folder, 2, 1), 10],
  ['dvs128-gesture', writeGesture, 36],
  ['n-cars', (folder) => writeNcars(folder, 2), 8],
];

describe('dataset check', () => {
  for (const [format, write, samples] of EVENT_SETS) {
    it(`knows ${format} by what is in the folder (${samples} samples), from outside too`, () =>
      withFolder(async (folder) => {
        const inner = path.join(folder, 'inner');
        await write(inner);
        const { code, fine, dataSets } = await reportsOf(inner);
        const [report] = dataSets as [DataSetReport];
        assert.deepEqual([dataSets.length, report.format, report.samples], [1, format, samples]);
        assert.deepEqual(report.problems, []);
        assert.ok(report.events! > samples);
        assert.deepEqual(
          [code, fine, report.missing.length > 0],
          [1, false, true],
          'a part of the set is not complete',
        );
        assert.equal(eventDataSchema.parse(report.section).format, format);
        assert.deepEqual(await recogniseDataSets(folder), [{ side: 'events', format, folder: inner }]);
      }));
  }

  it('is content with folders of one’s own, recordings and images', () =>
    withFolder(async (folder) => {
      await writeOwnFolders(folder);
      const events = await reportsOf(path.join(folder, 'recordings'));
      const images = await reportsOf(path.join(folder, 'pictures'));
      for (const [{ code, dataSets }, side] of [
        [events, 'events'],
        [images, 'images'],
      ] as const) {
        const [report] = dataSets as [DataSetReport];
        assert.deepEqual([code, report.side], [0, side]);
        assert.deepEqual(report.classes, [
          { name: 'run', count: 1 },
          { name: 'walk', count: 1 },
        ]);
      }
      assert.equal(imageDataSchema.parse(images.dataSets[0]!.section).format, 'folder');
    }));

  it('finds several data sets in a folder', () =>
    withFolder(async (folder) => {
      await writeRecordings(path.join(folder, 'N-MNIST'), [0, 1], 1);
      await writeImages(path.join(folder, 'MNIST'), [0, 1]);
      const found = await recogniseDataSets(folder);
      assert.deepEqual(
        found.map(({ side, format }) => `${side} ${format}`),
        ['images mnist', 'events n-mnist'],
      );
      const { lines } = await check(folder);
      assert.match(lines, /N-MNIST \(n-mnist\)/);
      assert.match(lines, /"images": \{ "format": "mnist"/);
      assert.doesNotMatch(lines, /no pairs can be formed/);
      await writeImages(path.join(folder, 'MNIST'), [0, 7]);
      const other = await check(folder);
      assert.match(other.lines, /no pairs can be formed .*only N-MNIST has 1; only MNIST has 7$/);
    }));

  it('names every damaged and misplaced file, with its byte', () =>
    withFolder(async (folder) => {
      await writeNcaltech101(folder, 1);
      const root = path.join(folder, 'Caltech101');
      const cut = path.join(root, 'emu/image_0001.bin');
      const empty = path.join(root, 'wrench/image_0001.bin');
      await truncate(cut, 203);
      await truncate(empty, 0);
      const stray = await put(path.join(root, 'Faces/image_0001.bin'), 'x');
      const { code, dataSets } = await reportsOf(folder);
      const [{ problems, classes, missing }] = dataSets as [DataSetReport];
      assert.equal(code, 1);
      assert.deepEqual(
        problems.map(({ file, byteOffset }) => [file, byteOffset]),
        [
          [path.dirname(stray), undefined],
          [cut, 200],
          [empty, undefined],
        ],
      );
      assert.deepEqual(classes[0], { name: 'BACKGROUND_Google', count: 1, official: 467 });
      assert.deepEqual(missing, ['8608 samples of the classes that are here']);
      const { lines } = await check(folder);
      assert.match(lines, /emu[/\\]image_0001\.bin \(byte 200\): the file ends inside an event/);
      assert.match(lines, /3 problems/);
      assert.match(lines, /101 of 8,709 recordings/);
    }));

  it('names damaged images, and classes that are missing', () =>
    withFolder(async (folder) => {
      for (const name of ['emu', 'ant']) {
        await writeImage(path.join(folder, '101_ObjectCategories', name, 'image_0001.jpg'), 3);
      }
      const damaged = path.join(folder, '101_ObjectCategories/ant/image_0002.jpg');
      await damage(damaged);
      const { code, dataSets } = await reportsOf(folder);
      const [report] = dataSets as [DataSetReport];
      assert.deepEqual([code, report.format, report.missing.length], [1, 'caltech101', 99]);
      assert.deepEqual(
        report.problems.map(({ file }) => file),
        [damaged],
      );
    }));

  it('checks by the format that is named, and says where the folder is another', () =>
    withFolder(async (folder) => {
      await writeCifar10Dvs(folder, 2, 1);
      const named = await reportsOf(folder, { format: 'folders' });
      assert.deepEqual(
        named.dataSets.map(({ format, samples, problems }) => [format, samples, problems.length]),
        [['folders', 10, 0]],
      );
      assert.equal(named.code, 0);
      const other = await reportsOf(folder, { format: 'dvs128-gesture' });
      assert.equal(other.code, 1);
      assert.match(other.dataSets[0]!.problems[0]!.message, /the data set is not here/);
    }));

  it('leaves wrong use of the command to the exit code of usage', async () => {
    const silent = { print: () => undefined, note: () => undefined, transient: () => undefined };
    const group = datasetGroup(
      (command) =>
        async (...given) =>
          void (await command(...given)),
      silent,
    );
    for (const command of [group, ...group.commands]) {
      command.configureOutput({ writeErr: () => undefined });
    }
    await assert.rejects(group.parseAsync(['node', 'spikebridge', 'check']), {
      code: 'commander.missingArgument',
    });
    await assert.rejects(group.parseAsync(['node', 'spikebridge', 'check', '.', '--formats', 'mnist']), {
      code: 'commander.unknownOption',
    });
  });

  it('tells usage from data: no folder, no such format, nothing known', () =>
    withFolder(async (folder) => {
      await assert.rejects(check(path.join(folder, 'none')), { category: 'usage' });
      await assert.rejects(check(folder, { format: 'imagenet' }), {
        category: 'usage',
        message: /"imagenet" is no format/,
      });
      await assert.rejects(check(folder), { category: 'data', message: /no data set is recognised/ });
      await put(path.join(folder, 'images_background.zip'), 'PK');
      await assert.rejects(check(folder), { nextStep: /^Unpack images_background\.zip first/ });
    }));
});

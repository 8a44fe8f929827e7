import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { divideEvents } from '../../../engine/datasets/dividedEvents';
import type { EventDataOf } from '../../../engine/datasets/eventDataSchema';
import {
  DATA_DEFAULTS,
  eventConfiguration,
  recordingBytes,
  recordingFile,
  withFolder,
  writeRecordings,
} from './fixtures';

/** Scans a data set of classes 0 to 2 with recordings 1 to 4 after `change`. */
function scanAfter(
  change: (folder: string) => Promise<unknown>,
  selections: Partial<EventDataOf<'n-mnist'>> = {},
): ReturnType<typeof divideEvents> {
  return withFolder(async (folder) => {
    await writeRecordings(folder, [0, 1, 2], 4);
    await change(folder);
    return divideEvents({ ...eventConfiguration(folder), ...selections }, DATA_DEFAULTS.split);
  });
}

const unchanged = async () => undefined;

async function rejectsNaming(scan: Promise<unknown>, message: RegExp, fileEnd: string): Promise<void> {
  await assert.rejects(
    scan,
    (error: { category: string; message: string; nextStep: string; place: { file: string } }) => {
      assert.equal(error.category, 'data');
      assert.match(error.message, message);
      assert.ok(error.place.file.endsWith(fileEnd.replaceAll('/', path.sep)), error.place.file);
      assert.notEqual(error.nextStep, '');
      return true;
    },
  );
}

describe('N-MNIST', () => {
  it('lists all recordings by class and number', async () => {
    const { manifest, warnings } = await scanAfter(unchanged);
    assert.deepEqual(manifest.classes, ['0', '1', '2']);
    assert.deepEqual([manifest.train.length, manifest.test.length], [12, 12]);
    assert.deepEqual(manifest.train[5], { file: 'Train/1/00002.bin', label: 1, number: 2, bytes: 200 });
    assert.deepEqual(warnings, []);
  });

  it('applies inclusive ranges, first n per class and unions without repetition', async () => {
    const { manifest } = await scanAfter(unchanged, {
      train: [
        { split: 'Train', from: 2, to: 4, perClass: 2 },
        { split: 'Train', from: 3, to: 3 },
      ],
      test: [
        { split: 'Train', from: 4 },
        { split: 'Test', to: 1 },
      ],
    });
    const files = (entries: typeof manifest.train) =>
      entries.filter(({ label }) => label === 2).map(({ file }) => file);
    assert.deepEqual(files(manifest.train), ['Train/2/00002.bin', 'Train/2/00003.bin']);
    assert.deepEqual(files(manifest.test), ['Train/2/00004.bin', 'Test/2/00001.bin']);
  });

  it('hashes the split: equal in another folder, different with another recording or size', async () => {
    const hash = async (change: (folder: string) => Promise<unknown>, selections = {}) =>
      (await scanAfter(change, selections)).manifest.sha256;
    const first = await hash(unchanged);
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.equal(await hash(unchanged), first);
    const longer = (folder: string) =>
      writeFile(path.join(folder, recordingFile('Test', 0, 1)), new Uint8Array(205));
    assert.notEqual(await hash(longer), first);
    assert.notEqual(await hash(unchanged, { test: [{ split: 'Test', from: 2 }] }), first);
  });

  it('ignores hidden and operating-system files', async () => {
    const { manifest } = await scanAfter(async (folder) => {
      await writeFile(path.join(folder, 'Train/.DS_Store'), '');
      await writeFile(path.join(folder, 'Train/0/Thumbs.db'), '');
    });
    assert.equal(manifest.train.length, 12);
  });

  it('orders by number, not by name', async () => {
    const { manifest } = await scanAfter(async (folder) => {
      await writeFile(path.join(folder, 'Train/0/10.bin'), recordingBytes(10));
      await rename(path.join(folder, 'Train/0/00004.bin'), path.join(folder, 'Train/0/9.bin'));
    });
    const numbers = manifest.train.filter(({ label }) => label === 0).map(({ number }) => number);
    assert.deepEqual(numbers, [1, 2, 3, 9, 10]);
  });

  it('warns when a class has fewer recordings than asked for', async () => {
    const { warnings } = await scanAfter(unchanged, { train: [{ split: 'Train', perClass: 5 }] });
    assert.equal(warnings.length, 3);
    assert.match(warnings[0]!, /class 0 has only 4 recordings/);
  });

  it('names what is wrong with the folders', async () => {
    const remove = (name: string) => (folder: string) => rm(path.join(folder, name), { recursive: true });
    await rejectsNaming(
      divideEvents(eventConfiguration('/nowhere/at-all'), DATA_DEFAULTS.split),
      /does not exist/,
      '/nowhere/at-all',
    );
    await rejectsNaming(scanAfter(remove('Test')), /split Test .*does not exist/, '/Test');
    await rejectsNaming(scanAfter(remove('Test/1')), /different classes: 1/, '/Test');
    const emptied = async (folder: string) => {
      await remove('Train/2')(folder);
      await mkdir(path.join(folder, 'Train/2'));
    };
    await rejectsNaming(scanAfter(emptied), /class folder is empty/, 'Train/2');
    const noClass = async (folder: string) => {
      await remove('Train')(folder);
      await mkdir(path.join(folder, 'Train'));
    };
    await rejectsNaming(scanAfter(noClass), /no class folder/, 'Train');
  });

  it('names files and folders that do not fit the layout', async () => {
    const write = (name: string) => (folder: string) => writeFile(path.join(folder, name), 'x');
    await rejectsNaming(scanAfter(write('Train/0/first.bin')), /<number>\.bin/, 'Train/0/first.bin');
    await rejectsNaming(scanAfter(write('Train/0/00000.bin')), /from 1/, 'Train/0/00000.bin');
    await rejectsNaming(scanAfter(write('Train/0/1.bin')), /number 1$/, '.bin');
    await rejectsNaming(
      scanAfter((folder) => mkdir(path.join(folder, 'Train/cat'))),
      /no class folder/,
      'Train/cat',
    );
    await rejectsNaming(
      scanAfter((folder) => mkdir(path.join(folder, 'Train/10'))),
      /no class folder/,
      'Train/10',
    );
  });

  it('refuses selections without recordings and an overlap of train and test', async () => {
    const outside = scanAfter(unchanged, { test: [{ split: 'Test', from: 100, to: 200 }] });
    await rejectsNaming(outside, /Test 100 to 200\) has no recording of class 0/, 'Test/0');
    const overlap = scanAfter(unchanged, {
      train: [{ split: 'Train', to: 3 }],
      test: [{ split: 'Test' }, { split: 'Train', from: 3 }],
    });
    await rejectsNaming(overlap, /3 recordings .*Train\/0\/00003\.bin/, '');
  });
});

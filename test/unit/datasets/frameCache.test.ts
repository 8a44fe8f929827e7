import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultCacheFolder, frameKey, openFrameCache } from '../../../engine/datasets/frameCache';
import type { FrameRule } from '../../../engine/datasets/framePack';
import { withFolder } from './fixtures';

const RULE: FrameRule = { timeSteps: 1, size: 2, sensor: { width: 2, height: 2 } };
const BYTES = { count: 2, values: Uint8Array.from({ length: 16 }, (_, index) => index * 16) };
const FLOATS = { count: 1, values: Float32Array.from({ length: 8 }, (_, index) => index / 3 - 1) };

describe('frame cache', () => {
  it('gives back whole packs and nothing for unknown keys', () =>
    withFolder(async (folder) => {
      const cache = openFrameCache(path.join(folder, 'new'));
      await cache.store('bytes', BYTES);
      await cache.store('floats', FLOATS);
      assert.deepEqual(await cache.load('bytes', 2, RULE), BYTES);
      assert.deepEqual(await cache.load('floats', 1, RULE), FLOATS);
      assert.equal(await cache.load('other', 2, RULE), undefined);
      assert.deepEqual((await readdir(path.join(folder, 'new'))).sort(), ['bytes.frames', 'floats.frames']);
    }));

  it('takes a truncated, lengthened or changed entry for none, at every byte', () =>
    withFolder(async (folder) => {
      const cache = openFrameCache(folder);
      await cache.store('key', BYTES);
      const file = path.join(folder, 'key.frames');
      const good = await readFile(file);
      const bad: Buffer[] = [
        good.subarray(0, 10),
        good.subarray(0, -1),
        Buffer.concat([good, good.subarray(0, 1)]),
      ];
      const checked = [...good.keys()].filter((offset) => offset < 48 || offset >= 64);
      for (const offset of checked) {
        const changed = Buffer.from(good);
        changed[offset]! ^= 1;
        bad.push(changed);
      }
      for (const bytes of bad) {
        await writeFile(file, bytes);
        assert.equal(await cache.load('key', 2, RULE), undefined);
      }
      await writeFile(file, good);
      assert.equal(await cache.load('key', 1, RULE), undefined, 'another number of recordings');
      assert.equal(await cache.load('key', 2, { ...RULE, timeSteps: 2 }), undefined, 'another rule');
      await cache.store('key', BYTES);
      assert.deepEqual(await cache.load('key', 2, RULE), BYTES);
    }));

  it('rejects when the folder cannot be made, and leaves no temporary file when a rename fails', () =>
    withFolder(async (folder) => {
      await writeFile(path.join(folder, 'file'), '');
      await assert.rejects(openFrameCache(path.join(folder, 'file')).store('key', BYTES));
      await mkdir(path.join(folder, 'taken.frames'));
      await assert.rejects(openFrameCache(folder).store('taken', BYTES));
      assert.deepEqual((await readdir(folder)).sort(), ['file', 'taken.frames']);
    }));

  it('removes entries that were not used for months, but no foreign files', () =>
    withFolder(async (folder) => {
      const old = new Date(Date.now() - 100 * 86_400_000);
      for (const name of ['old.frames', 'left.frames.1.tmp', 'notes.txt']) {
        await writeFile(path.join(folder, name), '');
        await utimes(path.join(folder, name), old, old);
      }
      await openFrameCache(folder).store('new', BYTES);
      assert.deepEqual((await readdir(folder)).sort(), ['new.frames', 'notes.txt']);
    }));
});

describe('frameKey', () => {
  it('changes with every setting and with path, size and time of every file', () =>
    withFolder(async (folder) => {
      const files = ['1.bin', '2.bin'].map((name) => path.join(folder, name));
      const before = new Date(2020, 1, 1);
      for (const file of files) {
        await writeFile(file, 'abcde');
        await utimes(file, before, before);
      }
      const key = await frameKey(files, RULE);
      assert.equal(await frameKey(files, RULE), key);
      const keys = [
        key,
        await frameKey(files, { ...RULE, timeSteps: 2 }),
        await frameKey(files, { ...RULE, size: 3 }),
        await frameKey(files, { ...RULE, sensor: { width: 3, height: 2 } }),
        await frameKey(files, { ...RULE, sensor: { width: 2, height: 3 } }),
        await frameKey(files.slice(0, 1), RULE),
        await frameKey([...files].reverse(), RULE),
      ];
      await utimes(files[1]!, before, new Date(2021, 1, 1));
      keys.push(await frameKey(files, RULE));
      await truncate(files[1]!, 4);
      await utimes(files[1]!, before, before);
      keys.push(await frameKey(files, RULE));
      assert.equal(new Set(keys).size, keys.length);
    }));

  it('names a file that is not there', async () => {
    await assert.rejects(frameKey(['/nowhere/00001.bin'], RULE), {
      category: 'data',
      place: { file: '/nowhere/00001.bin' },
    });
  });
});

describe('defaultCacheFolder', () => {
  it('follows the custom of the platform', () => {
    assert.equal(
      defaultCacheFolder({ XDG_CACHE_HOME: '/cache' }, 'linux', '/home/me'),
      path.join('/cache/spikebridge'),
    );
    assert.equal(defaultCacheFolder({}, 'linux', '/home/me'), path.join('/home/me/.cache/spikebridge'));
    assert.equal(
      defaultCacheFolder({}, 'darwin', '/Users/me'),
      path.join('/Users/me/Library/Caches/spikebridge'),
    );
    assert.equal(
      defaultCacheFolder({ LOCALAPPDATA: 'C:/Local' }, 'win32', 'C:/me'),
      path.join('C:/Local/spikebridge/cache'),
    );
  });
});

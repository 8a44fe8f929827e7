import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { defaultCacheFolder, frameKey, openFrameCache } from '../../../engine/datasets/frameCache';
import { type FramePack, packFrames, unpackFrames } from '../../../engine/datasets/framePack';
import { type FrameRule, frameLength } from '../../../engine/datasets/frameRule';
import { withFolder } from './fixtures';

const RULE: FrameRule = {
  timeSteps: 1,
  size: 2,
  kind: 'count',
  sensor: { width: 2, height: 2 },
  timeOrigin: 'zero',
  formats: ['atis'],
};
const BYTES: FramePack = {
  kind: 'bytes',
  count: 2,
  values: Uint8Array.from({ length: 16 }, (_, index) => index * 16),
};
const SPARSE = packFrames([Float32Array.from({ length: 8 }, (_, index) => index / 3 - 1)], RULE);

describe('frame cache', () => {
  it('gives back whole packs and nothing for unknown keys', () =>
    withFolder(async (folder) => {
      const cache = openFrameCache(path.join(folder, 'new'));
      await cache.store('bytes', BYTES);
      await cache.store('sparse', SPARSE);
      assert.deepEqual(await cache.load('bytes', 2, RULE), BYTES);
      assert.deepEqual(await cache.load('sparse', 1, RULE), SPARSE);
      assert.equal(await cache.load('other', 2, RULE), undefined);
      assert.deepEqual((await readdir(path.join(folder, 'new'))).sort(), ['bytes.frames', 'sparse.frames']);
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

describe('packs of frames', () => {
  it('give back exactly what was packed, dense or without zeros, at any stride', () => {
    const numbers = fc.oneof(fc.constant(0), fc.nat(300), fc.float({ noNaN: true }));
    const shapes = fc.record({
      timeSteps: fc.integer({ min: 1, max: 3 }),
      size: fc.integer({ min: 1, max: 5 }),
      streams: fc.array(fc.infiniteStream(numbers), { minLength: 1, maxLength: 3 }),
      isWhole: fc.boolean(),
    });
    fc.assert(
      fc.property(shapes, ({ timeSteps, size, streams, isWhole }) => {
        const rule = { ...RULE, timeSteps, size };
        const length = frameLength(rule);
        const plane = length / timeSteps;
        const frames = streams.map((stream) => {
          // A zero is written as +0.
          const values = Array.from({ length }, () => Number(stream.next().value) || 0);
          return isWhole ? Uint32Array.from(values, Math.abs) : Float32Array.from(values);
        });
        const pack = packFrames(frames, rule);
        for (const [recording, expected] of frames.entries()) {
          const values = new Float32Array(2 * length);
          unpackFrames(pack, recording, rule, { values, offset: plane, stride: 2 * plane });
          for (let step = 0; step < timeSteps; step++) {
            const place = (2 * step + 1) * plane;
            const part = expected.subarray(step * plane, (step + 1) * plane);
            assert.deepEqual(values.slice(place, place + plane), Float32Array.from(part));
            assert.ok(values.subarray(place - plane, place).every((value) => value === 0));
          }
        }
      }),
    );
  });
});

describe('frameKey', () => {
  it('changes with every setting and with path, size and time of every file', () =>
    withFolder(async (folder) => {
      const files = ['1.bin', '2.bin'].map((name) => path.join(folder, name));
      const sources = files.map((file) => ({ file }));
      const sliced = (to: number) => files.map((file) => ({ file, slice: { from: 0, to } }));
      const before = new Date(2020, 1, 1);
      for (const file of files) {
        await writeFile(file, 'abcde');
        await utimes(file, before, before);
      }
      const key = await frameKey(sources, RULE);
      assert.equal(await frameKey(sources, RULE), key);
      const keys = [
        key,
        await frameKey(sources, { ...RULE, timeSteps: 2 }),
        await frameKey(sources, { ...RULE, size: 3 }),
        await frameKey(sources, { ...RULE, sensor: { width: 3, height: 2 } }),
        await frameKey(sources, { ...RULE, sensor: { width: 2, height: 3 } }),
        await frameKey(sources, { ...RULE, sensor: undefined }),
        await frameKey(sources, { ...RULE, kind: 'frequency' }),
        await frameKey(sources, { ...RULE, fromMinimum: true }),
        await frameKey(sources, { ...RULE, timeOrigin: 'first-event' }),
        await frameKey(sources, { ...RULE, formats: ['aedat2'] }),
        await frameKey(sources, { ...RULE, known: { transpose: true } }),
        await frameKey(sources, { ...RULE, transposed: ['aedat2'] }),
        await frameKey(sources, { ...RULE, filters: [{ name: 'Polarity', keep: 'on' }] }),
        await frameKey(sources, { ...RULE, filters: [{ name: 'Polarity', keep: 'off' }] }),
        await frameKey(sliced(1), RULE),
        await frameKey(sliced(2), RULE),
        await frameKey(sources.slice(0, 1), RULE),
        await frameKey([...sources].reverse(), RULE),
      ];
      await utimes(files[1]!, before, new Date(2021, 1, 1));
      keys.push(await frameKey(sources, RULE));
      await truncate(files[1]!, 4);
      await utimes(files[1]!, before, before);
      keys.push(await frameKey(sources, RULE));
      assert.equal(new Set(keys).size, keys.length);
    }));

  it('names a file that is not there', async () => {
    await assert.rejects(frameKey([{ file: '/nowhere/00001.bin' }], RULE), {
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

import assert from 'node:assert/strict';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CEP_DVS_CLASSES } from '../../../../engine/datasets/cepDvsClasses';
import { divideEvents } from '../../../../engine/datasets/dividedEvents';
import { listEventSet } from '../../../../engine/datasets/eventSets/eventSets';
import { GESTURES } from '../../../../engine/events/gestures';
import type { EventRow } from '../../../tools/recordings';
import { encodeAedat3, encodeAtis, encodeEvt3 } from '../../../tools/wordEncoders';
import { DATA_DEFAULTS, withFolder } from '../fixtures';
import {
  CIFAR10_NAMES,
  carRows,
  cepDvsLabel,
  cepDvsRows,
  cifarRows,
  GESTURE_ROWS,
  gestureRows,
  put,
  randomRows,
  writeCepDvs,
  writeCifar10Dvs,
  writeGesture,
  writeNcars,
} from './miniatures';
import { extentOfRows, fromFirst, plainFrames } from './plainFrames';
import { assertClose, configured, countsOf, framesOf } from './support';

const FRAMES = { timeSteps: 4, sizePixels: 12 };
const SIZES = { timeSteps: 4, size: 12 };
const WIDE = { width: 128, height: 128 };
const all = <Entry>(recordings: readonly Entry[]) => recordings;

describe('CEP-DVS', () => {
  it('takes the class of file k from row k of pathFile.csv, 20 classes by name', () =>
    withFolder(async (folder) => {
      await writeCepDvs(folder, 40);
      const events = configured({ format: 'cep-dvs', folder });
      const { classes, recordings, warnings } = await listEventSet(events);
      assert.deepEqual(
        countsOf(classes, recordings),
        CEP_DVS_CLASSES.map((name) => [name, 2]),
      );
      for (const { label, number, file } of recordings) {
        assert.equal(cepDvsLabel(number), label);
        assert.equal(file, `data/MAT/img/${String(number).padStart(5, '0')}.mat`);
      }
      assert.deepEqual(warnings, []);
      const [frames] = await framesOf(events, FRAMES, (entries) => [
        entries.find(({ number }) => number === 17),
      ]);
      const rows = cepDvsRows(17);
      assertClose(frames!, plainFrames(rows, { ...SIZES, ...extentOfRows(rows) }));
    }));

  it('reads files whose compressed data are followed by spare bytes', () =>
    withFolder(async (folder) => {
      await writeCepDvs(folder, 20);
      const file = path.join(folder, 'data/MAT/img/00004.mat');
      await writeFile(file, withSpareBytes(await readFile(file)));
      const events = configured({ format: 'cep-dvs', folder });
      const [frames] = await framesOf(events, FRAMES, (entries) => [
        entries.find(({ number }) => number === 4),
      ]);
      const rows = cepDvsRows(4);
      assertClose(frames!, plainFrames(rows, { ...SIZES, ...extentOfRows(rows) }));
    }));

  it('names damaged recordings, and those without a row', () =>
    withFolder(async (folder) => {
      await writeCepDvs(folder, 20);
      const events = configured({ format: 'cep-dvs', folder });
      const damaged = path.join(folder, 'data/MAT/img/00003.mat');
      await truncate(damaged, 300);
      await assert.rejects(framesOf(events, FRAMES, all), { category: 'data', place: { file: damaged } });
      const stray = await put(path.join(folder, 'data/MAT/img/00020.mat'), 'x');
      await assert.rejects(listEventSet(events), { message: /has no row/, place: { file: stray } });
      await rm(path.join(folder, 'data/MAT'), { recursive: true });
      await assert.rejects(listEventSet(events), { message: /does not exist/ });
    }));
});

/** A MATLAB file whose compressed elements are longer than what they hold, as those of CEP-DVS may be. */
function withSpareBytes(file: Uint8Array): Uint8Array {
  const header = file.subarray(0, 128);
  const parts: Uint8Array[] = [header];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 128; at < file.length; ) {
    const length = view.getUint32(at + 4, true);
    const tag = new Uint8Array(8);
    new DataView(tag.buffer).setUint32(0, view.getUint32(at, true), true);
    new DataView(tag.buffer).setUint32(4, length + 8, true);
    parts.push(tag, file.subarray(at + 8, at + 8 + length), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    at += 8 + length;
  }
  return Buffer.concat(parts);
}

describe('CIFAR10-DVS', () => {
  for (const version of [1, 2] as const) {
    it(`reads version ${version}, ${version === 1 ? 'x and y exchanged' : 'as it is'}`, () =>
      withFolder(async (folder) => {
        await writeCifar10Dvs(folder, version, 2);
        const events = configured({ format: 'cifar10-dvs', folder });
        const { classes, recordings } = await listEventSet(events);
        assert.deepEqual(
          countsOf(classes, recordings),
          CIFAR10_NAMES.map((name) => [name, 2]),
        );
        assert.deepEqual(
          recordings.slice(0, 3).map(({ number }) => number),
          [0, 1, 0],
        );
        const turned = ([t, x, y, p]: EventRow): EventRow => (version === 1 ? [t, y, x, p] : [t, x, y, p]);
        const [frames] = await framesOf(events, FRAMES, (entries) => [entries[7]]);
        const plain = plainFrames(cifarRows(3, 1).map(turned), { ...SIZES, ...WIDE });
        assertClose(frames!, plain);
        const other = configured({ format: 'cifar10-dvs', folder, transpose: version === 2 });
        const [opposite] = await framesOf(other, FRAMES, (entries) => [entries[7]]);
        assert.notDeepEqual(opposite, frames);
      }));
  }

  it('orders by number and names damaged files with the byte', () =>
    withFolder(async (folder) => {
      await writeCifar10Dvs(folder, 1, 11);
      const events = configured({ format: 'cifar10-dvs', folder });
      const { recordings } = await listEventSet(events);
      assert.deepEqual(
        recordings.slice(0, 11).map(({ number }) => number),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      );
      const damaged = path.join(folder, 'cat/cifar10_cat_5.aedat');
      const { bytes } = recordings.find(({ file }) => file === 'cat/cifar10_cat_5.aedat')!;
      await truncate(damaged, bytes - 3);
      await assert.rejects(framesOf(events, FRAMES, all), {
        category: 'data',
        place: { file: damaged, byteOffset: bytes - 8 },
      });
      await writeFile(damaged, 'this is a text about a cat');
      await assert.rejects(framesOf(events, FRAMES, all), {
        message: /it is a text file/,
        place: { file: damaged },
      });
    }));
});

describe('DVS128 Gesture', () => {
  it('cuts a sample per row of the labels, overlapping rows too, in the official split', () =>
    withFolder(async (folder) => {
      await writeGesture(folder);
      const events = configured({ format: 'dvs128-gesture', folder });
      const { manifest, record } = await divideEvents(events, DATA_DEFAULTS.split);
      assert.deepEqual(manifest.classes, [...GESTURES]);
      assert.deepEqual([manifest.train.length, manifest.test.length, record.policy], [24, 12, 'official']);
      assert.equal(manifest.test.filter(({ label }) => label === 7).length, 2);
      assert.ok(manifest.test.every(({ file }) => file === 'user24_fluorescent.aedat'));
      const samples = await framesOf(events, FRAMES, (entries) =>
        entries.filter(({ file }) => file.startsWith('user01')),
      );
      const byLabel = [...GESTURE_ROWS].sort((left, right) => left.gesture - right.gesture);
      for (const [index, { from, to }] of byLabel.entries()) {
        const rows = gestureRows('user01_natural'.length).filter(([t]) => t >= from && t < to);
        assertClose(samples[index]!, plainFrames(fromFirst(rows), { ...SIZES, ...WIDE }), `sample ${index}`);
      }
    }));

  it('names missing and damaged trials, and rows that are none', () =>
    withFolder(async (folder) => {
      await writeGesture(folder);
      const root = path.join(folder, 'DvsGesture');
      const events = configured({ format: 'dvs128-gesture', folder: root });
      const whole = encodeAedat3(gestureRows(3));
      await writeFile(path.join(root, 'user02_led.aedat'), whole.subarray(0, whole.length / 2));
      await assert.rejects(framesOf(events, FRAMES, all), {
        category: 'data',
        message: /no events from 8\d000000 to 8\d800000 µs|ends inside/,
      });
      await writeFile(path.join(root, 'user02_led_labels.csv'), 'class,start,end\n1,5,9\n12,10,20\n');
      await assert.rejects(listEventSet(events), {
        message: /row 3 is no class 1 to 11/,
        place: { file: path.join(root, 'user02_led_labels.csv') },
      });
      await rm(path.join(root, 'user02_led.aedat'));
      await assert.rejects(listEventSet(events), {
        message: /ENOENT/,
        place: { file: path.join(root, 'user02_led.aedat') },
      });
    }));
});

describe('N-Cars', () => {
  it('is background 0 and cars 1 in the official split, each recording of its own size', () =>
    withFolder(async (folder) => {
      await writeNcars(folder, 3);
      const events = configured({ format: 'n-cars', folder });
      const { manifest } = await divideEvents(events, DATA_DEFAULTS.split);
      assert.deepEqual(manifest.classes, ['background', 'cars']);
      assert.deepEqual([manifest.train.length, manifest.test.length], [6, 6]);
      assert.equal(manifest.test[4]!.file, 'n-cars_test/cars/obj_000002_td.dat');
      const [frames] = await framesOf(events, FRAMES, () => [manifest.test[4]]);
      const rows = fromFirst(carRows(1, 2));
      assertClose(frames!, plainFrames(rows, { ...SIZES, ...extentOfRows(rows) }));
      await truncate(path.join(folder, manifest.test[4]!.file), 100);
      await assert.rejects(
        framesOf(events, FRAMES, () => [manifest.test[4]]),
        {
          category: 'data',
          message: /ends inside an event/,
          place: { file: path.join(folder, manifest.test[4]!.file), byteOffset: 95 },
        },
      );
    }));
});

describe('folders of recordings', () => {
  it('take any format, classes by name, with the sensor and orientation of the configuration', () =>
    withFolder(async (folder) => {
      const rows = randomRows(1, { width: 20, height: 10, from: 5_000_000, to: 5_200_000 });
      await put(path.join(folder, 'walk/a 7.bin'), encodeAtis(rows));
      await put(path.join(folder, 'walk/b.aedat'), encodeAedat3(rows));
      await put(path.join(folder, 'run/first.raw'), encodeEvt3(rows));
      const events = configured({ format: 'folders', folder });
      const { classes, recordings } = await listEventSet(events);
      assert.deepEqual(countsOf(classes, recordings), [
        ['run', 1],
        ['walk', 2],
      ]);
      const own = await framesOf(events, FRAMES, (entries) => entries.slice(1));
      const expected = plainFrames(fromFirst(rows), { ...SIZES, ...extentOfRows(rows) });
      for (const frames of own) {
        assertClose(frames, expected);
      }
      const sensor = { width: 30, height: 20 };
      const flipped = configured({ format: 'folders', folder, sensor, flipX: true, invertPolarity: true });
      const turned = rows.map(([t, x, y, p]): EventRow => [t, 29 - x, y, 1 - p]);
      for (const frames of await framesOf(flipped, FRAMES, all)) {
        assertClose(frames, plainFrames(fromFirst(turned), { ...SIZES, ...sensor }));
      }
    }));

  it('refuse one class alone, and files that no codec knows', () =>
    withFolder(async (folder) => {
      await put(path.join(folder, 'walk/1.bin'), encodeAtis(randomRows(1, WIDE)));
      const events = configured({ format: 'folders', folder });
      await assert.rejects(listEventSet(events), { message: /one class only, walk/ });
      const picture = await put(path.join(folder, 'run/1.png'), '\x89PNG\r\n\x1a\n');
      await assert.rejects(listEventSet(events), { place: { file: picture } });
    }));
});

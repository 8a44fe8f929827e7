import assert from 'node:assert/strict';
import { rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { divideEvents } from '../../../../engine/datasets/dividedEvents';
import { listEventSet } from '../../../../engine/datasets/eventSets/eventSets';
import { roundToHalf } from '../../../../engine/datasets/halfPrecision';
import type { EventRow } from '../../../tools/recordings';
import { DATA_DEFAULTS, withFolder } from '../fixtures';
import { drawingRows, drawingSlice, omniglotClasses, put, writeNomniglot } from './miniatures';
import { fromFirst } from './plainFrames';
import { configured, framesOf } from './support';

const STEPS = 12;
const SIZE = 28;
const CROP = 250;

/** A polarity of a frame by the rule of methods.md 3.2, last paragraph, before crop and resize. */
function plainRates(rows: readonly EventRow[], step: number, polarity: number): number[][] {
  const last = rows.at(-1)![0];
  const dt = Math.floor(last / STEPS);
  const rates = Array.from({ length: 260 }, () => new Array<number>(346).fill(0));
  for (const [t, x, y, p] of rows) {
    const isInside = t >= step * dt && (step === STEPS - 1 || t < (step + 1) * dt);
    if (isInside && p === polarity) {
      rates[y]![x]!++;
    }
  }
  const divisor = step === STEPS - 1 ? dt + (last % STEPS) : dt;
  const halves = rates.map((row) => row.map((count) => roundToHalf(count / divisor)));
  const largest = Math.max(...halves.map((row) => Math.max(...row)), roundToHalf(1e-5));
  return halves.map((row) => row.map((rate) => rate / largest));
}

/** [T, S, S, 2]. */
function plainFrequencies(rows: readonly EventRow[]): number[] {
  const frames: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const planes = [0, 1].map((polarity) => plainRates(rows, step, polarity));
    const place = (index: number) => Math.max(0, ((index + 0.5) * CROP) / SIZE - 0.5);
    for (let row = 0; row < SIZE; row++) {
      for (let column = 0; column < SIZE; column++) {
        const [y, x] = [place(row), place(column)];
        const [top, left] = [Math.floor(y), Math.floor(x)];
        for (const plane of planes) {
          const at = (down: number, right: number) => plane[top + 4 + down]![left + 54 + right]!;
          const upper = at(0, 0) * (left + 1 - x) + at(0, 1) * (x - left);
          const lower = at(1, 0) * (left + 1 - x) + at(1, 1) * (x - left);
          frames.push(upper * (top + 1 - y) + lower * (y - top));
        }
      }
    }
  }
  return frames;
}

describe('N-Omniglot', () => {
  it('has 964 characters of background, then 659 of evaluation, 20 drawings each', function () {
    this.timeout(60_000);
    return withFolder(async (folder) => {
      await writeNomniglot(folder, 964, 659);
      const events = configured({ format: 'n-omniglot', folder });
      const { manifest, warnings } = await divideEvents(events, DATA_DEFAULTS.split);
      assert.deepEqual(manifest.classes, [...omniglotClasses('Back', 964), ...omniglotClasses('Anew', 659)]);
      assert.deepEqual([manifest.train.length, manifest.test.length], [24_345, 8_115]);
      assert.deepEqual(warnings, []);
      const { bytes, ...first } = manifest.test[0]!;
      assert.deepEqual(first, {
        file: 'dvs_background/Back_A/character01/0001.aedat4',
        label: 0,
        number: 16,
        slice: drawingSlice(15),
      });
      assert.ok(bytes > 1000);
    });
  });

  it('cuts drawings by their times, and bins them by the rule "frequency" with its float16', () =>
    withFolder(async (folder) => {
      await writeNomniglot(folder, 2, 1, 500);
      const events = configured({ format: 'n-omniglot', folder });
      const frames = await framesOf(events, { timeSteps: STEPS, sizePixels: SIZE }, (all) => [
        all[0],
        all[7],
        all[19],
        all[33],
      ]);
      const chosen = [
        [1, 0],
        [1, 7],
        [1, 19],
        [2, 13],
      ] as const;
      for (const [index, [seed, drawing]] of chosen.entries()) {
        const { from, to } = drawingSlice(drawing);
        const rows = drawingRows(seed, 500).filter(([t]) => t >= from && t < to);
        // The quotient is rounded to float16 in the source; to 2^-11 the plain rule agrees.
        const expected = plainFrequencies(fromFirst(rows));
        const error = Math.max(...expected.map((value, at) => Math.abs(value - frames[index]![at]!)));
        assert.ok(error <= 2 ** -11, `sample ${index}: ${error}`);
        assert.ok(Math.max(...frames[index]!) > 0.1);
      }
    }));

  it('divides by at least 1e-5: one event in a long window stays below 1', () => {
    assert.equal(roundToHalf(1 / 300_000), 56 * 2 ** -24);
    assert.equal(roundToHalf(1e-5), 168 * 2 ** -24);
    assert.equal(roundToHalf(Math.fround(56 / 168)), 0.333251953125);
    assert.deepEqual([65_504, 65_536, 0, -1.5, 2 ** -25, 3 * 2 ** -25].map(roundToHalf), [
      65_504,
      Number.POSITIVE_INFINITY,
      0,
      -1.5,
      0,
      2 * 2 ** -24,
    ]);
  });

  it('names what is damaged or missing', () =>
    withFolder(async (folder) => {
      await writeNomniglot(folder, 2, 1);
      const events = configured({ format: 'n-omniglot', folder });
      const stem = path.join(folder, 'dvs_background/Back_A/character02/0002');
      await truncate(`${stem}.aedat4`, 4000);
      await assert.rejects(
        framesOf(events, { timeSteps: STEPS, sizePixels: SIZE }, (all) => all.slice(20, 40)),
        {
          category: 'data',
          message: /ends inside a packet/,
          place: { file: `${stem}.aedat4`, byteOffset: 3974 },
        },
      );
      await writeFile(`${stem}.csv`, 'a,b,c\n1,5,9\n2,9\n');
      await assert.rejects(listEventSet(events), {
        message: /row 3 holds no start and end time/,
        place: { file: `${stem}.csv` },
      });
      await writeFile(`${stem}.csv`, 'a,b,c\n1,5,9\n');
      await assert.rejects(listEventSet(events), { message: /1 rows of times instead of 20/ });
      await rm(`${stem}.csv`);
      await assert.rejects(listEventSet(events), { message: /has no NNNN.csv/ });
      await put(path.join(folder, 'other/nothing'), '');
      await assert.rejects(
        listEventSet(configured({ format: 'n-omniglot', folder: path.join(folder, 'other') })),
        {
          category: 'data',
          message: /not here/,
        },
      );
    }));
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PackedFrames } from '../../../engine/datasets/packedFrames';
import { mixBatch } from '../../../engine/training/trainingBatch';

type Settings = Parameters<typeof mixBatch>[1];

/** A batch of which only the sizes matter. */
function batchOf(pairs: number, steps: number, planes: number): Parameters<typeof mixBatch>[0] {
  const packed: PackedFrames = {
    frames: pairs * steps,
    planes,
    pixels: 4,
    channels: 2,
    valueBytes: 1,
    words: new Uint32Array(),
  };
  return { packed, labels: new Int32Array(pairs) };
}

function rowsOf(batch: Parameters<typeof mixBatch>[0], settings: Partial<Settings>) {
  const { input, switchSteps } = mixBatch(batch, {
    mixer: { kind: 'none' },
    position: { iteration: 0, iterations: 10, iterationsPerEpoch: 1 },
    seed: 1,
    ...settings,
  } as Settings);
  assert.ok('rows' in input);
  return { rows: [...input.rows], switchSteps };
}

describe('mixed batch', () => {
  it('is the static stream, then the event stream, time step by time step', () => {
    const { rows } = rowsOf(batchOf(3, 2, 3), { steps: 2 });
    // Frames 0 to 5 are [3 samples, 2 steps], planes follow.
    assert.deepEqual(rows, [6, 7, 8, 6, 7, 8, 0, 2, 4, 1, 3, 5]);
  });

  it('is the event stream alone where there are no static images', () => {
    const { rows, switchSteps } = rowsOf(batchOf(2, 3, 0), { steps: 3 });
    assert.deepEqual(rows, [0, 3, 1, 4, 2, 5]);
    assert.equal(switchSteps, undefined);
  });

  it('shows the event frames of a sample from its switch point on', () => {
    const mixer = { kind: 'time-step', law: 'open', ratioSchedule: 'uniform' } as Settings['mixer'];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(99),
        (pairs, steps, seed) => {
          const { rows, switchSteps } = rowsOf(batchOf(pairs, steps, pairs), { mixer, steps, seed });
          const events = rows.slice(steps * pairs);
          rows.slice(0, steps * pairs).forEach((row, place) => {
            const sample = place % pairs;
            const isSwitched = Math.floor(place / pairs) >= switchSteps![sample]!;
            assert.equal(row, isSwitched ? events[place] : pairs * steps + sample);
          });
        },
      ),
      { seed: 3 },
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { augmentFrames, type FrameBatch } from '../../../engine/datasets/augmentation';
import { drawPlacement, type Placement, placeSources } from '../../../engine/datasets/augmentationPlacement';
import { augmentationSchema } from '../../../engine/datasets/augmentationSchema';
import { normalNumber } from '../../../engine/datasets/normalNoise';
import { randomStream } from '../../../engine/datasets/random';

const STILL: Placement = { down: 0, right: 0, isFlipped: false, angle: 0 };

/** A 6 x 6 frame that holds 1 to 36, placed; 0 where nothing is. */
function placed(change: Partial<Placement>): number[] {
  const sources = new Int32Array(36);
  placeSources({ ...STILL, ...change }, 6, sources);
  return Array.from(sources, (source) => (source === 36 ? 0 : source + 1));
}

type Options = Parameters<typeof augmentationSchema.parse>[0];

/** A batch whose values are all different and not 0. */
function batchOf(timeSteps: number, pairs: number, size: number): FrameBatch {
  const length = timeSteps * pairs * size * size * 2;
  return { frames: Float32Array.from({ length }, (_, index) => index + 1), timeSteps, pairs, size };
}

function augmented(batch: FrameBatch, options: Options, iteration = 0, seed = 1): Float32Array {
  const frames = batch.frames.slice();
  augmentFrames({ ...batch, frames }, augmentationSchema.parse(options), { seed, iteration });
  return frames;
}

describe('placement of pixels (methods.md 3.2, step 5)', () => {
  it('crops out of the padded frame, as torchvision crops', () => {
    const expected = [
      [0, 7, 8, 9, 10, 11],
      [0, 13, 14, 15, 16, 17],
      [0, 19, 20, 21, 22, 23],
      [0, 25, 26, 27, 28, 29],
      [0, 31, 32, 33, 34, 35],
      [0, 0, 0, 0, 0, 0],
    ];
    assert.deepEqual(placed({ down: 1, right: -1 }), expected.flat());
  });

  it('rotates counter-clockwise by the nearest pixel, with zeros outside, as torchvision 0.14 does', () => {
    const left = [
      [0, 3, 4, 5, 6, 0],
      [1, 8, 9, 10, 11, 18],
      [7, 14, 15, 16, 17, 24],
      [13, 20, 21, 22, 23, 30],
      [19, 26, 27, 28, 29, 36],
      [0, 31, 32, 33, 34, 0],
    ];
    const right = [
      [0, 1, 2, 3, 4, 0],
      [13, 8, 9, 10, 11, 6],
      [19, 14, 15, 16, 17, 12],
      [25, 20, 21, 22, 23, 18],
      [31, 26, 27, 28, 29, 24],
      [0, 33, 34, 35, 36, 0],
    ];
    assert.deepEqual(placed({ angle: 15 }), left.flat());
    assert.deepEqual(placed({ angle: -15 }), right.flat());
  });

  it('crops, then flips, then rotates, as transforms of torchvision in that order do', () => {
    const expected = [
      [10, 9, 8, 7, 7, 0],
      [17, 16, 15, 14, 13, 0],
      [17, 22, 21, 20, 19, 0],
      [23, 28, 27, 26, 25, 0],
      [29, 34, 33, 32, 31, 0],
      [35, 0, 0, 0, 0, 0],
    ];
    assert.deepEqual(placed({ down: 1, right: -1, isFlipped: true, angle: 12 }), expected.flat());
  });

  it('draws every offset from -padding to padding, S / 12 unless given', () => {
    const offsets = (options: Options, size: number) => {
      const augmentation = augmentationSchema.parse(options);
      const drawn = Array.from({ length: 300 }, (_, slot) =>
        drawPlacement(augmentation, size, randomStream(5, slot)),
      );
      assert.ok(drawn.every(({ isFlipped, angle }) => !isFlipped && angle === 0));
      return [...new Set(drawn.flatMap(({ down, right }) => [down, right]))].sort((a, b) => a - b);
    };
    assert.deepEqual(offsets({ kind: 'crop' }, 48), [-4, -3, -2, -1, 0, 1, 2, 3, 4]);
    assert.deepEqual(offsets({ kind: 'crop' }, 34), [-2, -1, 0, 1, 2]);
    assert.deepEqual(offsets({ kind: 'crop', padding: 1 }, 48), [-1, 0, 1]);
  });

  it('draws flips of half the samples and angles between -15 and 15 degrees', () => {
    const augmentation = augmentationSchema.parse({ kind: 'dvs-da' });
    const drawn = Array.from({ length: 2000 }, (_, slot) =>
      drawPlacement(augmentation, 48, randomStream(6, slot)),
    );
    const flips = drawn.filter(({ isFlipped }) => isFlipped).length;
    const angles = drawn.map(({ angle }) => angle);
    assert.ok(Math.abs(flips - 1000) < 100, String(flips));
    assert.ok(Math.min(...angles) >= -15 && Math.min(...angles) < -14.5);
    assert.ok(Math.max(...angles) <= 15 && Math.max(...angles) > 14.5);
  });
});

describe('augmentFrames', () => {
  it('moves all time steps and both polarities of a sample alike, and no pixel to another sample', () => {
    const kinds = fc.constantFrom<Options>({ kind: 'crop', padding: 3 }, { kind: 'dvs-da' });
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 4, max: 13 }),
    );
    fc.assert(
      fc.property(kinds, sizes, fc.nat(1000), (options, [timeSteps, pairs, size], iteration) => {
        const batch = batchOf(timeSteps, pairs, size);
        const plane = size * size * 2;
        const frames = augmented(batch, options, iteration);
        frames.forEach((value, index) => {
          const sample = Math.floor(index / plane) % pairs;
          const first = frames[sample * plane + (index % plane)]!;
          const step = Math.floor(index / plane / pairs);
          assert.equal(value, first === 0 ? 0 : first + step * pairs * plane);
          assert.ok(first === 0 || Math.floor((first - 1) / plane) === sample);
          assert.ok(first === 0 || (first - 1) % 2 === index % 2);
        });
      }),
      { seed: 13, numRuns: 40 },
    );
  });

  it('is decided by seed, iteration and slot', () => {
    const batch = batchOf(2, 3, 24);
    for (const options of [
      { kind: 'crop' },
      { kind: 'dvs-da' },
      { kind: 'noise', noiseDecibels: 10 },
    ] as const) {
      assert.deepEqual(augmented(batch, options, 7), augmented(batch, options, 7));
      assert.notDeepEqual(augmented(batch, options, 7), augmented(batch, options, 8));
      assert.notDeepEqual(augmented(batch, options, 7), augmented(batch, options, 7, 2));
    }
    const [alone, together] = [batchOf(1, 1, 24), batchOf(1, 4, 24)];
    const first = augmented(together, { kind: 'dvs-da' }, 3).subarray(0, 24 * 24 * 2);
    assert.deepEqual(first, augmented(alone, { kind: 'dvs-da' }, 3));
  });

  it('leaves frames alone without augmentation', () => {
    const batch = batchOf(2, 2, 5);
    assert.deepEqual(augmented(batch, {}), batch.frames);
  });

  it('adds noise of variance mean(x^2) / 10^(k / 10) per sample', () => {
    const batch = batchOf(2, 2, 40);
    batch.frames.forEach((_, index) => {
      batch.frames[index] = Math.floor(index / 3200) % 2 === 0 ? 2 : 10;
    });
    const frames = augmented(batch, { kind: 'noise', noiseDecibels: 20 });
    const spread = (level: number) => {
      const noise = [...frames].flatMap((value, index) =>
        batch.frames[index] === level ? [value - level] : [],
      );
      return Math.sqrt(noise.reduce((sum, value) => sum + value ** 2, 0) / noise.length);
    };
    assert.ok(Math.abs(spread(2) - 0.2) < 0.01, String(spread(2)));
    assert.ok(Math.abs(spread(10) - 1) < 0.05, String(spread(10)));
  });

  it('refuses noise without its ratio, and the ratio without noise', () => {
    assert.equal(augmentationSchema.safeParse({ kind: 'noise' }).success, false);
    assert.equal(augmentationSchema.safeParse({ kind: 'crop', noiseDecibels: 3 }).success, false);
  });
});

describe('normalNumber', () => {
  it('has the moments and tails of a normal distribution', () => {
    const count = 400_000;
    const random = randomStream(3, 'normal');
    const values = Float64Array.from({ length: count }, () => normalNumber(random));
    const mean = (use: (value: number) => number) =>
      values.reduce((sum, value) => sum + use(value), 0) / count;
    assert.ok(Math.abs(mean((value) => value)) < 0.007);
    assert.ok(Math.abs(mean((value) => value ** 2) - 1) < 0.01);
    assert.ok(Math.abs(mean((value) => value ** 4) - 3) < 0.07);
    const beyond = (limit: number) => mean((value) => (Math.abs(value) > limit ? 1 : 0));
    assert.ok(Math.abs(beyond(1) - 0.3173) < 0.003);
    assert.ok(Math.abs(beyond(2) - 0.0455) < 0.0015);
    assert.ok(Math.abs(beyond(3.6542) - 0.000258) < 0.0001, String(beyond(3.6542)));
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { drawPartners } from '../../../engine/datasets/pairing';
import { classWeights, shuffledSampler, weightedSampler } from '../../../engine/datasets/sampler';
import { SPLIT_RULES, splitByRule } from '../../../engine/datasets/splits';
import { NCALTECH101_COUNTS } from './ncaltech101Counts';
import { classNames, recordingsOf } from './recordingSet';

describe('shuffledSampler', () => {
  const sizes = fc
    .integer({ min: 1, max: 60 })
    .chain((count) => fc.tuple(fc.constant(count), fc.integer({ min: 1, max: count })));

  it('uses every recording once per pass, with full batches across the border', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), ([count, batch], seed) => {
        const sampler = shuffledSampler(count, batch, seed);
        const drawn = Array.from({ length: count }, (_, iteration) => [...sampler.batchAt(iteration)]);
        assert.ok(drawn.every((each) => each.length === batch));
        const all = drawn.flat();
        for (let pass = 0; pass < batch; pass++) {
          assert.equal(new Set(all.slice(pass * count, (pass + 1) * count)).size, count);
        }
      }),
      { seed: 6 },
    );
  });

  it('computes any iteration without the ones before it', () => {
    fc.assert(
      fc.property(sizes, fc.nat(500), fc.nat(), ([count, batch], iteration, seed) => {
        const running = shuffledSampler(count, batch, seed);
        for (let each = Math.max(0, iteration - 20); each < iteration; each++) {
          running.batchAt(each);
        }
        assert.deepEqual(running.batchAt(iteration), shuffledSampler(count, batch, seed).batchAt(iteration));
      }),
      { seed: 7 },
    );
  });

  it('shuffles differently in each pass and for each seed', () => {
    const sampler = shuffledSampler(50, 50, 1);
    assert.notDeepEqual(sampler.batchAt(0), sampler.batchAt(1));
    assert.notDeepEqual(sampler.batchAt(0), shuffledSampler(50, 50, 2).batchAt(0));
  });

  it('refuses a batch that is larger than the data', () => {
    assert.throws(() => shuffledSampler(49, 50, 0), {
      category: 'configuration',
      message: /batchPairs is 50.*only 49 training recordings/,
      nextStep: /49 or less/,
    });
  });
});

describe('epochs that drop what fills no batch', () => {
  it('use every recording at most once, in as many full batches as fit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 60 }),
        fc.integer({ min: 2, max: 9 }),
        fc.nat(),
        (extra, batch, seed) => {
          const count = batch + extra;
          const batches = Math.floor(count / batch);
          const sampler = shuffledSampler(count, batch, seed, 'drop');
          for (const epoch of [0, 1, 4]) {
            const drawn = Array.from({ length: batches }, (_, index) => [
              ...sampler.batchAt(epoch * batches + index),
            ]).flat();
            assert.equal(new Set(drawn).size, batches * batch);
          }
        },
      ),
      { seed: 8 },
    );
  });

  it('begin every epoch with its own order', () => {
    const [dropped, carried] = [shuffledSampler(10, 4, 1, 'drop'), shuffledSampler(10, 4, 1)];
    assert.deepEqual(dropped.batchAt(1), carried.batchAt(1));
    const second = Array.from({ length: 3 }, (_, index) => [...carried.batchAt(2 + index)]).flat();
    assert.deepEqual([...dropped.batchAt(2), ...dropped.batchAt(3)], second.slice(2, 10));
  });
});

describe('weightedSampler', () => {
  const names = classNames(NCALTECH101_COUNTS);
  const { train } = splitByRule(recordingsOf(NCALTECH101_COUNTS), names, SPLIT_RULES['n-caltech101']);
  const labels = train.map(({ label }) => label);
  const weights = classWeights(labels, NCALTECH101_COUNTS);

  it('weighs a recording by 8,709 / count of its class (methods.md 3.4)', () => {
    assert.equal(weights.length, 7839);
    assert.equal(weights[0], 8709 / 467);
    assert.equal(weights.at(-1), 8709 / 60);
  });

  it('draws classes about equally often, recordings repeatedly, and 7,839 per epoch', () => {
    const sampler = weightedSampler(weights, 120, 42, 'drop');
    const epochs = 12;
    const drawn = Array.from({ length: 65 * epochs }, (_, iteration) => [
      ...sampler.batchAt(iteration),
    ]).flat();
    const perClass = new Array(101).fill(0);
    for (const recording of drawn) {
      perClass[labels[recording]!]++;
    }
    const expected = drawn.length / 101;
    assert.ok(Math.min(...perClass) > 0.7 * expected && Math.max(...perClass) < 1.3 * expected);
    assert.ok(new Set(drawn.slice(0, 7800)).size < 6500);
  });

  it('computes any iteration without the ones before it, and differs by epoch and seed', () => {
    const running = weightedSampler(weights, 120, 42, 'drop');
    for (let iteration = 0; iteration < 130; iteration++) {
      running.batchAt(iteration);
    }
    const fresh = () => weightedSampler(weights, 120, 42, 'drop');
    assert.deepEqual(running.batchAt(130), fresh().batchAt(130));
    assert.notDeepEqual(fresh().batchAt(0), fresh().batchAt(65));
    assert.notDeepEqual(fresh().batchAt(0), weightedSampler(weights, 120, 43, 'drop').batchAt(0));
  });

  it('never draws outside, also where one weight is all', () => {
    const sampler = weightedSampler([1e-9, 1, 1e-9], 3, 5);
    const drawn = Array.from({ length: 50 }, (_, iteration) => [...sampler.batchAt(iteration)]).flat();
    assert.ok(drawn.every((recording) => recording === 1));
    assert.throws(() => weightedSampler([1, 1], 3, 5), { category: 'configuration' });
  });
});

describe('drawPartners', () => {
  const imagesOfClass = [Uint32Array.of(4, 9), Uint32Array.of(7), Uint32Array.of(0, 1, 2)];
  const labels = Int32Array.of(2, 0, 1, 2, 0);

  it('draws images of the recording’s class, and in time all of them', () => {
    const seen = new Set<number>();
    for (let iteration = 0; iteration < 40; iteration++) {
      drawPartners(imagesOfClass, labels, 3, iteration).forEach((image, slot) => {
        assert.ok(imagesOfClass[labels[slot]!]!.includes(image));
        seen.add(image);
      });
    }
    assert.equal(seen.size, 6);
  });

  it('depends on seed and iteration', () => {
    const draw = (seed: number, iteration: number) =>
      [
        ...drawPartners(
          imagesOfClass,
          Int32Array.from({ length: 30 }, () => 2),
          seed,
          iteration,
        ),
      ].join();
    assert.equal(draw(1, 1), draw(1, 1));
    assert.equal(new Set([draw(1, 1), draw(1, 2), draw(2, 1)]).size, 3);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { drawPartners } from '../../../engine/datasets/pairing';
import { shuffledSampler } from '../../../engine/datasets/sampler';

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

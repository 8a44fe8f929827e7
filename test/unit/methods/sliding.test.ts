import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mixerSchema } from '../../../engine/methods/methodSchema';
import { mixedRows, replacementProbability } from '../../../engine/methods/mixer';
import { samplesToReplace } from '../../../engine/methods/sliding';
import { assertClose } from '../assertClose';

const SLIDING = mixerSchema.parse({ kind: 'sliding' });
const ITERATIONS_PER_EPOCH = 65;
const RUN = { iterations: 300 * ITERATIONS_PER_EPOCH, iterationsPerEpoch: ITERATIONS_PER_EPOCH };

describe('sliding replacement (methods.md 4.5)', () => {
  it('follows the golden values of P', () => {
    const at = (epoch: number, batch: number) =>
      replacementProbability(SLIDING, { ...RUN, iteration: epoch * ITERATIONS_PER_EPOCH + batch });
    assertClose([at(30, 0), at(75, 0), at(150, 0), at(225, 0)], [0.001, 0.015625, 0.125, 0.421875], 1e-12);
    assertClose([at(299, 64)], [0.99984616], 1e-8);
  });

  it('stays constant within an epoch when scheduled by epoch', () => {
    const at = (iteration: number) =>
      replacementProbability({ ...SLIDING, schedule: 'epoch' }, { ...RUN, iteration });
    assert.equal(at(150 * 65), at(150 * 65 + 64));
    assert.equal(at(150 * 65), 0.125);
  });

  it('switches at half time with hard-switch and never without a mixer', () => {
    const at = (kind: 'hard-switch' | 'none', iteration: number) =>
      replacementProbability({ ...SLIDING, kind }, { iterations: 100, iterationsPerEpoch: 1, iteration });
    assert.deepEqual([at('hard-switch', 50), at('hard-switch', 51), at('none', 99)], [0, 1, 0]);
  });

  it('draws each sample by itself, the same way for the same iteration', () => {
    const drawn = Array.from(
      { length: 200 },
      (_, iteration) => samplesToReplace(50, 0.3, 7, iteration).length,
    );
    const mean = drawn.reduce((sum, count) => sum + count, 0) / (200 * 50);
    assert.ok(Math.abs(mean - 0.3) < 0.02, `share ${mean}`);
    assert.deepEqual(samplesToReplace(50, 0.3, 7, 11), samplesToReplace(50, 0.3, 7, 11));
    assert.notDeepEqual(samplesToReplace(50, 0.3, 7, 11), samplesToReplace(50, 0.3, 8, 11));
  });

  it('reaches 1 at half time in the older variant (methods.md 4.7)', () => {
    const at = (iteration: number) =>
      replacementProbability(
        { ...SLIDING, reach: 0.5 },
        { iterations: 100, iterationsPerEpoch: 1, iteration },
      );
    assertClose([at(25), at(50), at(80)], [0.125, 1, 1], 1e-12);
  });

  it('replaces each sequence from its switch point on and nothing else', () => {
    const shape = fc.record({ steps: fc.integer({ min: 1, max: 4 }), batch: fc.integer({ min: 1, max: 5 }) });
    const points = fc.array(fc.nat(4), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(shape, points, ({ steps, batch }, drawn) => {
        const events = Int32Array.from({ length: steps * batch }, (_, row) => row);
        const switchSteps = Int32Array.from(drawn.slice(0, batch), (point) => Math.min(point, steps));
        mixedRows(events, switchSteps, 100).forEach((row, place) => {
          const sample = place % batch;
          const step = Math.floor(place / batch);
          assert.equal(row, step >= switchSteps[sample]! ? place : 100 + sample);
        });
      }),
      { seed: 1 },
    );
  });
});

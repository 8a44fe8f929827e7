import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mixerSchema } from '../../../engine/methods/methodSchema';
import { replacementProbability, switchStepsOf } from '../../../engine/methods/mixer';
import { drawSwitchSteps, expectedRatio, switchProbability } from '../../../engine/methods/timeStepMixup';
import { assertClose } from '../assertClose';

/** methods.md section 6: T, r, p. */
const GOLDEN: readonly [number, number, number][] = [
  [10, 0.1, 0.019252],
  [10, 0.25, 0.05307],
  [10, 0.5, 0.131178],
  [10, 0.75, 0.277743],
  [10, 0.9, 0.499755],
  [6, 0.25, 0.081684],
  [6, 0.5, 0.195446],
  [6, 0.75, 0.386988],
];

const mean = (values: Iterable<number>) => {
  const all = [...values];
  return all.reduce((sum, value) => sum + value, 0) / all.length;
};

/** Mean share of event frames over many drawn sequences. */
function drawnShare(ratio: number, steps: number, law: 'open' | 'always-switch'): number {
  const drawn = drawSwitchSteps({ batch: 40_000, steps, law, ratio }, 3, 0);
  return mean(Array.from(drawn, (first) => (steps - first) / steps));
}

describe('time-step mixup (methods.md section 6)', () => {
  for (const [steps, ratio, p] of GOLDEN) {
    it(`solves p = ${p} for r = ${ratio} at T = ${steps}`, () => {
      assertClose([switchProbability(ratio, steps, 'open')], [p], 6e-7);
    });
  }

  it('agrees with the closed form 1 - (1-p) (1 - (1-p)^T) / (T p)', () => {
    const arguments_ = [
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 64 }),
    ] as const;
    fc.assert(
      fc.property(...arguments_, (p, steps) => {
        const closed = 1 - ((1 - p) * (1 - (1 - p) ** steps)) / (steps * p);
        assertClose([expectedRatio(p, steps, 'open')], [closed], 1e-9);
      }),
      { seed: 1 },
    );
  });

  it('solves every ratio it can reach, and the ends exactly', () => {
    const ratios = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(ratios, fc.integer({ min: 2, max: 32 }), (ratio, steps) => {
        const p = switchProbability(ratio, steps, 'open');
        assertClose([expectedRatio(p, steps, 'open')], [ratio], 1e-9);
      }),
      { seed: 2 },
    );
    assert.equal(switchProbability(0, 10, 'open'), 0);
    assert.equal(switchProbability(1, 10, 'open'), 1);
  });

  it('the renormalised law reaches no less than (T + 1) / (2 T)', () => {
    assertClose([expectedRatio(0, 10, 'always-switch')], [0.55], 1e-12);
    assert.equal(switchProbability(0.3, 10, 'always-switch'), 0);
    const p = switchProbability(0.8, 10, 'always-switch');
    const weights = Array.from({ length: 10 }, (_, index) => (1 - p) ** index * p);
    const shares = weights.map((weight, index) => (weight * (10 - index)) / 10);
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    assertClose([sum(shares) / (1 - (1 - p) ** 10)], [0.8], 1e-9);
  });

  it('draws what it expects, within sampling error', () => {
    assertClose([drawnShare(0.5, 10, 'open')], [0.5], 0.01);
    assertClose([drawnShare(0.1, 6, 'open')], [0.1], 0.01);
    assertClose([drawnShare(0.8, 10, 'always-switch')], [0.8], 0.01);
  });

  it('never switches at r = 0, switches at once at r = 1, and always switches with that law', () => {
    const of = (ratio: number, law: 'open' | 'always-switch') => [
      ...drawSwitchSteps({ batch: 500, steps: 4, law, ratio }, 1, 2),
    ];
    assert.ok(of(0, 'open').every((first) => first === 4));
    assert.ok(of(1, 'open').every((first) => first === 0));
    assert.ok(of(0.1, 'always-switch').every((first) => first < 4));
  });

  it('is the same for the same iteration, another for the next', () => {
    const at = (iteration: number) =>
      drawSwitchSteps({ batch: 50, steps: 8, law: 'open', ratio: 0.5 }, 9, iteration);
    assert.deepEqual(at(3), at(3));
    assert.notDeepEqual(at(3), at(4));
  });

  it('takes r from its schedule: sliding, constant, or uniform per sample', () => {
    const position = { iteration: 50, iterations: 100, iterationsPerEpoch: 1 };
    const mixer = (changes: object) => mixerSchema.parse({ kind: 'time-step', ...changes });
    const at = (changes: object) => replacementProbability(mixer(changes), position);
    assert.deepEqual(
      [at({}), at({ ratioSchedule: 'constant', ratio: 0.3 }), at({ ratioSchedule: 'uniform' })],
      [0.125, 0.3, 0.5],
    );
    const steps = 10;
    const drawn = switchStepsOf(mixer({ ratioSchedule: 'uniform' }), position, {
      batch: 20_000,
      steps,
      seed: 4,
    });
    assertClose([mean(Array.from(drawn, (first) => (steps - first) / steps))], [0.5], 0.01);
  });
});

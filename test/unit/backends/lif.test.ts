import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type LifOptions, lif } from '../../../engine/neurons/lif';
import { SURROGATE_NAMES } from '../../../engine/neurons/surrogate';
import { assertSameOnBothBackends, normalValues, useSimdBackend } from './backendPair';

interface LifCase {
  readonly options: LifOptions;
  readonly neurons: number;
}

/** Spikes, membrane (if wanted) and the gradient of a random linear function of both. */
function lifWithGradient({ options, neurons }: LifCase): tf.Tensor[] {
  const shape = [options.streams * options.steps, neurons];
  const x = normalValues(shape, 1);
  const weights = [normalValues(shape, 2), normalValues(shape, 3)] as const;
  const weighted = (input: tf.Tensor) => {
    const { spikes, membrane } = lif(input, options);
    const ofSpikes = tf.sum(tf.mul(spikes, weights[0]));
    return membrane ? tf.add(ofSpikes, tf.sum(tf.mul(membrane, weights[1]))) : ofSpikes;
  };
  const { spikes, membrane } = lif(x, options);
  return [
    spikes,
    ...(membrane ? [membrane] : []),
    tf.grad((input: tf.Tensor) => weighted(input) as tf.Scalar)(x),
  ];
}

function assertLif(c: LifCase): Promise<void> {
  return assertSameOnBothBackends({ compute: () => lifWithGradient(c), tolerance: 3e-6 });
}

const base: LifOptions = {
  ...{ streams: 2, steps: 4, tau: 2, threshold: 0.5 },
  surrogate: { name: 'qgate', alpha: 2 },
};

describe('LIF neurons on the simd backend', () => {
  useSimdBackend(2);

  for (const name of SURROGATE_NAMES) {
    it(`agrees with the reference for the surrogate ${name}`, async () => {
      for (const alpha of [1, 2, 5]) {
        await assertLif({ options: { ...base, surrogate: { name, alpha } }, neurons: 101 });
        await assertLif({
          options: { ...base, surrogate: { name, alpha }, withMembrane: true },
          neurons: 64,
        });
      }
    });
  }

  it('agrees where the neurons are cut into several chunks', () =>
    assertLif({ options: { ...base, withMembrane: true }, neurons: 20_011 }));

  it('agrees for random sizes and constants', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          streams: fc.integer({ min: 2, max: 3 }),
          steps: fc.integer({ min: 2, max: 12 }),
          tau: fc.constantFrom(1, 1.5, 2, 3.7, 4),
          threshold: fc.constantFrom(0.3, 0.5, 1),
          surrogate: fc.record({
            name: fc.constantFrom(...SURROGATE_NAMES),
            alpha: fc.constantFrom(1, 2, 3),
          }),
          withMembrane: fc.boolean(),
        }),
        fc.integer({ min: 1, max: 700 }),
        (options, neurons) => assertLif({ options, neurons }),
      ),
      { numRuns: 60, seed: 20261121 },
    ));
});

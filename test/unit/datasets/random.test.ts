import assert from 'node:assert/strict';
import fc from 'fast-check';
import { permutation, randomStream } from '../../../engine/datasets/random';

function draws<Value>(count: number, draw: () => Value): Value[] {
  return Array.from({ length: count }, draw);
}

describe('randomStream', () => {
  it('gives the same numbers for the same key on every machine', () => {
    const random = randomStream(42, 'order', 0);
    assert.deepEqual(
      draws(4, () => random.below(1_000_000)),
      [676795, 379902, 633798, 369884],
    );
  });

  it('tells keys apart, also where their text joins to the same', () => {
    const keys: (string | number)[][] = [
      ['order', 1],
      ['order', 11],
      ['order', 1, 1],
      ['order', '1'],
      ['pairing', 1],
      [],
    ];
    const firsts = keys.map((key) => randomStream(7, ...key).uniform());
    assert.equal(new Set([...firsts, randomStream(8, 'order', 1).uniform()]).size, keys.length + 1);
  });

  it('is uniform, and normal with mean 0 and variance 1', () => {
    const count = 40_000;
    const random = randomStream(1, 'moments');
    const uniform = draws(count, random.uniform);
    const normal = draws(count, random.normal);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / count;
    assert.ok(uniform.every((value) => value >= 0 && value < 1));
    assert.ok(Math.abs(mean(uniform) - 0.5) < 0.01);
    assert.ok(Math.abs(mean(uniform.map((value) => value ** 2)) - 1 / 3) < 0.01);
    assert.ok(Math.abs(mean(normal)) < 0.02);
    assert.ok(Math.abs(mean(normal.map((value) => value ** 2)) - 1) < 0.03);
  });

  it('draws every integer below the limit about equally often', () => {
    const random = randomStream(2, 'integers');
    const counts = new Array(7).fill(0);
    for (const value of draws(14_000, () => random.below(7))) {
      counts[value]++;
    }
    assert.equal(counts.length, 7);
    assert.ok(
      counts.every((count) => Math.abs(count - 2000) < 200),
      counts.join(' '),
    );
  });
});

describe('permutation', () => {
  it('holds every index once', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(), (length, seed) => {
        const order = permutation(length, randomStream(seed, 'permutation'));
        assert.deepEqual(
          [...order].sort((left, right) => left - right),
          [...Array(length).keys()],
        );
      }),
      { seed: 5 },
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { roundHalfEven } from '../../../engine/datasets/roundHalfEven';
import { keepFirstOfClass, partsOfClass, SPLIT_RULES, splitByRule } from '../../../engine/datasets/splits';
import { NCALTECH101_COUNTS } from './ncaltech101Counts';
import { classNames, recordingsOf } from './recordingSet';

const NCALTECH101 = SPLIT_RULES['n-caltech101'];

function sizes(counts: readonly number[], rule: Parameters<typeof partsOfClass>[1], portion?: number) {
  const { train, test } = splitByRule(recordingsOf(counts), classNames(counts), rule, portion);
  return [train.length, test.length];
}

const uniform = (classes: number, count: number) => Array.from({ length: classes }, () => count);

describe('roundHalfEven', () => {
  it("rounds as Python's round does", () => {
    assert.deepEqual(
      [40.5, 58.5, 76.5, 41.5, 0.5, 1.5, -0.5, -1.5, 2.49, 2.51].map(roundHalfEven),
      [40, 58, 76, 42, 0, 2, 0, -2, 2, 3],
    );
  });
});

describe('splits by rule (methods.md 3.4)', () => {
  it('divides N-Caltech101 into 7,839 and 870 recordings: 65 iterations of 120', () => {
    const [train, test] = sizes(NCALTECH101_COUNTS, NCALTECH101);
    assert.deepEqual([train, test], [7839, 870]);
    assert.equal(Math.floor(train! / 120), 65);
  });

  it('divides CEP-DVS into 5,000 and 2,000, N-Omniglot into 24,345 and 8,115, CIFAR10-DVS into 9,000 and 1,000', () => {
    assert.deepEqual(sizes(uniform(20, 500), SPLIT_RULES['cep-dvs']), [5000, 2000]);
    assert.deepEqual(sizes(uniform(1623, 20), SPLIT_RULES['n-omniglot']), [24_345, 8115]);
    assert.deepEqual(sizes(uniform(10, 1000), SPLIT_RULES['cifar10-dvs']), [9000, 1000]);
    assert.deepEqual([41, 1521, 75], [5000 / 120, 24_345 / 16, 9000 / 120].map(Math.floor));
  });

  it('takes the first of each class to train, and of CEP-DVS the next fifth to test', () => {
    const parts = partsOfClass(500, SPLIT_RULES['cep-dvs']);
    const at = [0, 249, 250, 349, 350, 499].map((position) => parts[position]);
    assert.deepEqual(at, ['train', 'train', 'test', 'test', 'unused', 'unused']);
    const drawings = partsOfClass(40, SPLIT_RULES['n-omniglot']);
    const tested = drawings.flatMap((part, position) => (part === 'test' ? [position] : []));
    assert.deepEqual(tested, [15, 16, 17, 18, 19, 35, 36, 37, 38, 39]);
  });

  it('keeps 739, 1,530, ... 7,839 training recordings for ratios of 0.1 to 1', () => {
    const names = classNames(NCALTECH101_COUNTS);
    const { train } = splitByRule(recordingsOf(NCALTECH101_COUNTS), names, NCALTECH101);
    const kept = Array.from({ length: 10 }, (_, index) => {
      return keepFirstOfClass(train, names, (index + 1) / 10).length;
    });
    assert.deepEqual(kept, [739, 1530, 2307, 3100, 3899, 4661, 5443, 6231, 7014, 7839]);
    assert.deepEqual(
      kept.map((count) => Math.floor(count / 120)),
      [6, 12, 19, 25, 32, 38, 45, 51, 58, 65],
    );
  });

  it('puts no recording into both parts, and keeps order and classes', () => {
    const counts = fc.array(fc.integer({ min: 6, max: 80 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(counts, fc.double({ min: 0.2, max: 0.8, noNaN: true }), (each, portion) => {
        const recordings = recordingsOf(each);
        const { train, test } = splitByRule(recordings, classNames(each), NCALTECH101, portion);
        const both = [...train, ...test].sort((one, other) => (one.file < other.file ? -1 : 1));
        const all = [...recordings].sort((one, other) => (one.file < other.file ? -1 : 1));
        assert.deepEqual(both, all);
        for (const { label, number } of train) {
          assert.ok(test.every((other) => other.label !== label || other.number > number));
        }
      }),
      { seed: 11, numRuns: 40 },
    );
  });

  it('names the class that would have nothing to test on, or nothing to train on', () => {
    assert.throws(() => sizes([40, 3], NCALTECH101), {
      category: 'data',
      message: /no recording of class c1 \(3 in all\) to test on/,
    });
    assert.throws(() => sizes([40, 3], NCALTECH101, 0.1), { message: /class c1 .*to train on/ });
    assert.throws(() => keepFirstOfClass(recordingsOf([40, 9]), ['c0', 'c1'], 0.1), {
      category: 'configuration',
      message: /none of the 9 training recordings of class c1/,
    });
  });
});

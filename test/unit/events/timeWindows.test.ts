import assert from 'node:assert/strict';
import fc from 'fast-check';
import { timeWindows } from '../../../engine/events/timeWindows';

function ranges(times: readonly number[], timeSteps: number): number[][] {
  return timeWindows(Float64Array.from(times), timeSteps).map(({ begin, end }) => [begin, end]);
}

describe('timeWindows', () => {
  it('gives the golden ranges of methods.md 12', () => {
    assert.deepEqual(ranges([5, 10, 30, 31, 60, 61, 90, 99, 100, 103], 3), [
      [0, 4],
      [4, 6],
      [6, 10],
    ]);
    assert.deepEqual(ranges([0, 10, 30, 31, 60, 61, 90, 99, 100], 3), [
      [0, 4],
      [4, 6],
      [6, 7],
    ]);
  });

  it('takes the width from the absolute last time, not from the duration', () => {
    assert.deepEqual(ranges([1000, 1001, 1002], 2), [
      [0, 3],
      [3, 3],
    ]);
  });

  it('cuts the events into contiguous ranges and drops only those at or after t_first + T w', () => {
    const times = fc.array(fc.nat(400_000), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 12 }), (unordered, timeSteps) => {
        const t = [...unordered].sort((left, right) => left - right);
        const windows = ranges(t, timeSteps);
        const width = Math.floor(t.at(-1)! / timeSteps);
        assert.equal(windows.length, timeSteps);
        assert.equal(windows[0]![0], 0);
        windows.forEach(([begin, end], step) => {
          assert.equal(begin, step === 0 ? 0 : windows[step - 1]![1]);
          for (const time of t.slice(begin, end)) {
            assert.equal(Math.floor((time - t[0]!) / width), step);
          }
        });
        assert.ok(t.slice(windows.at(-1)![1]).every((time) => time >= t[0]! + timeSteps * width));
      }),
      { seed: 32 },
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bilinearResize } from '../../../engine/events/bilinearResize';
import { allocateEvents, sortedByTime } from '../../../engine/events/eventBatch';
import { countEvents, resizeFrames } from '../../../engine/events/frames';

const SENSOR = { width: 3, height: 2 };

describe('countEvents', () => {
  it('counts per window, row, column and polarity', () => {
    const events = allocateEvents(5);
    events.t.set([0, 10, 50, 55, 100]);
    events.x.set([2, 2, 1, 1, 0]);
    events.y.set([1, 1, 0, 0, 0]);
    events.polarity.set([1, 1, 0, 1, 1]);
    const counts = countEvents(events, 2, SENSOR);
    assert.equal(counts.length, 2 * 2 * 3 * 2);
    const expected = new Uint32Array(24);
    expected[(0 * 6 + 1 * 3 + 2) * 2 + 1] = 2;
    expected[(1 * 6 + 0 * 3 + 1) * 2 + 0] = 1;
    expected[(1 * 6 + 0 * 3 + 1) * 2 + 1] = 1;
    assert.deepEqual(counts, expected, 'the event at 100 µs lies behind the last window');
  });

  it('does not depend on the order of the events', () => {
    const row = fc.tuple(fc.nat(1000), fc.nat(2), fc.nat(1), fc.constantFrom(0, 1));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const batch = (order: typeof rows) => {
          const events = allocateEvents(order.length);
          order.forEach(([t, x, y, polarity], index) => {
            events.t[index] = t;
            events.x[index] = x;
            events.y[index] = y;
            events.polarity[index] = polarity;
          });
          return events;
        };
        const sorted = [...rows].sort((left, right) => left[0] - right[0]);
        assert.deepEqual(sortedByTime(batch(rows)), batch(sorted));
        assert.deepEqual(countEvents(batch(rows), 4, SENSOR), countEvents(batch(sorted), 4, SENSOR));
      }),
      { seed: 33 },
    );
  });
});

describe('bilinear resize', () => {
  it('gives the golden values of methods.md 12 with aligned corners', () => {
    const ramp = Float32Array.from({ length: 12 }, (_, index) => index);
    const target = new Float32Array(6);
    const sizes = { input: { width: 4, height: 3 }, output: { width: 3, height: 2 }, channels: 1 };
    bilinearResize(sizes, 'align-corners').apply(ramp, 0, target, 0);
    assert.deepEqual([...target], [0, 1.5, 3, 8, 9.5, 11]);
  });

  it('takes half-pixel centres, clamped at the border', () => {
    const target = new Float32Array(4);
    const sizes = { input: { width: 2, height: 1 }, output: { width: 4, height: 1 }, channels: 1 };
    bilinearResize(sizes, 'half-pixel').apply([0, 8], 0, target, 0);
    assert.deepEqual([...target], [0, 2, 6, 8]);
  });

  it('resizes the polarities of each time step apart', () => {
    const timeSteps = 2;
    const counts = new Uint32Array(timeSteps * 2 * 3 * 2);
    for (let index = 0; index < counts.length; index++) {
      counts[index] = (index % 2) * 10 + Math.floor(index / 12);
    }
    const frames = resizeFrames(counts, timeSteps, SENSOR, 8);
    assert.equal(frames.length, timeSteps * 8 * 8 * 2);
    frames.forEach((value, index) => {
      assert.equal(value, (index % 2) * 10 + Math.floor(index / 128));
    });
  });

  it('keeps frames of the same size and stays within the range of the input', () => {
    const counts = fc.array(fc.nat(200), { minLength: 36, maxLength: 36 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 20 }), (values, size) => {
        const sensor = { width: 3, height: 6 };
        const resized = resizeFrames(values, 1, sensor, size);
        assert.ok(resized.every((value) => value >= Math.min(...values) - 1e-3));
        assert.ok(resized.every((value) => value <= Math.max(...values) + 1e-3));
        const square = values.slice(0, 18);
        assert.deepEqual([...resizeFrames(square, 1, { width: 3, height: 3 }, 3)], square);
      }),
      { seed: 34 },
    );
  });
});

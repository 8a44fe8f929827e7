import assert from 'node:assert/strict';
import { parseMicroseconds } from '../../../engine/events/microseconds';

describe('parseMicroseconds', () => {
  it('reads µs without a unit, and units', () => {
    const times = ['1500', '1500us', '1.5ms', '2 s', '+250ms', '-3', '0.0000005s', '2min', '7µs'];
    assert.deepEqual(times.map(parseMicroseconds), [1500, 1500, 1500, 2e6, 250_000, -3, 1, 120e6, 7]);
  });

  it('knows what is no time', () => {
    for (const text of ['', 'soon', '1.5.2', '3h', '1e6', 'ms']) {
      assert.equal(parseMicroseconds(text), undefined, text);
    }
  });
});

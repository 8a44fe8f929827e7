import assert from 'node:assert/strict';
import { mixBatch } from '../../../engine/training/trainingBatch';

const [STEPS, BATCH, FRAME] = [2, 3, 4];
const LENGTH = STEPS * BATCH * FRAME;
const SETTINGS = {
  mixer: { kind: 'hard-switch', schedule: 'iteration' },
  position: { iteration: 0, iterations: 10 },
  seed: 1,
  steps: STEPS,
} as unknown as Parameters<typeof mixBatch>[1];

describe('mixed batch', () => {
  const statics = Float32Array.from({ length: LENGTH }, (_, index) => index);
  const events = Float32Array.from({ length: LENGTH }, (_, index) => 100 + index);
  const labels = new Int32Array(BATCH);

  it('is the static stream, then the event stream', () => {
    const { input } = mixBatch({ statics: statics.slice(), events, labels }, SETTINGS);
    assert.deepEqual([...input], [...statics, ...events]);
  });

  it('is not copied where the streams lie one after the other', () => {
    const memory = Float32Array.of(...statics, ...events);
    const batch = { statics: memory.subarray(0, LENGTH), events: memory.subarray(LENGTH), labels };
    const { input } = mixBatch(batch, SETTINGS);
    assert.equal(input.buffer, memory.buffer);
    assert.deepEqual([...input], [...statics, ...events]);
  });
});

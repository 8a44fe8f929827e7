import assert from 'node:assert/strict';
import { BatchMemory } from '../../../engine/datasets/batchMemory';

describe('memory of batches', () => {
  it('is used again by the next batch but one, as zeros', () => {
    const memory = new BatchMemory();
    const first = memory.take(4).fill(1);
    const second = memory.take(4).fill(2);
    const third = memory.take(4);
    assert.equal(third, first);
    assert.deepEqual([...third], [0, 0, 0, 0]);
    assert.deepEqual([...second], [2, 2, 2, 2]);
  });

  it('is fresh for a batch of another size', () => {
    const memory = new BatchMemory();
    const lengths = [4, 4, 3, 4].map((length) => memory.take(length).length);
    assert.deepEqual(lengths, [4, 4, 3, 4]);
  });
});

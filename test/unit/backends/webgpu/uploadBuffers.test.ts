import assert from 'node:assert/strict';
import fc from 'fast-check';
import { uploadSize } from '../../../../engine/backends/webgpu/uploadBuffers';

describe('sizes of upload buffers', () => {
  it('hold the values, are whole vectors, and waste at most an eighth of large ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 30 }), (words) => {
        const bytes = words * 4;
        const size = uploadSize(bytes);
        assert.ok(size >= bytes && size % 16 === 0);
        assert.ok(bytes <= 2 ** 20 || size <= bytes * 1.125);
      }),
    );
  });

  it('are few, so that batches of similar sizes share buffers', () => {
    const sizes = new Set(Array.from({ length: 1000 }, (_, index) => uploadSize(2 ** 22 + index * 4096)));
    assert.ok(sizes.size <= 9, `${sizes.size} sizes`);
  });
});

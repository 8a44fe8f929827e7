import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ConvolutionShape } from '../../../../engine/backends/webgpu/shaders/convolutionShape';
import {
  fitsPatches,
  patchCounts,
  patchFor,
  patchGroups,
  patchThreads,
} from '../../../../engine/backends/webgpu/shaders/patch';

function shapeOf(frames: number, height: number, width: number, outputChannels: number): ConvolutionShape {
  return {
    ...{ frames, height, width, inputChannels: 64, outputChannels, outputHeight: height, outputWidth: width },
    ...{ kernelHeight: 3, kernelWidth: 3, stride: 1, paddingTop: 1, paddingLeft: 1 },
  };
}

describe('patches of a convolution', () => {
  it('cover every pixel of every frame and all output channels', () => {
    const size = fc.integer({ min: 1, max: 70 });
    const channels = fc.constantFrom(64, 128, 192, 256, 512);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        size,
        size,
        channels,
        (frames, height, width, columns) => {
          const shape = shapeOf(frames, height, width, columns);
          const patch = patchFor(shape);
          assert.ok(patch);
          const { across, down, groups } = patchCounts(shape, patch);
          assert.ok(across * patch.width >= width && (across - 1) * patch.width < width);
          assert.ok(down * patch.height >= height && (down - 1) * patch.height < height);
          assert.ok(groups * 16 >= frames && (groups - 1) * 16 < frames);
          const [x, y, z] = patchGroups(shape, patch);
          assert.equal(x * patch.columns, columns);
          assert.ok(y <= 32768 && y * z >= across * down * groups);
        },
      ),
    );
  });

  it('keep eight subgroups busy', () => {
    for (const [size, channels] of [
      [12, 128],
      [6, 128],
      [16, 64],
      [6, 64],
    ] as const) {
      const patch = patchFor(shapeOf(1, size, size, channels));
      assert.equal(patch && patchThreads(patch), 256);
    }
  });

  it('waste no pixels of the sizes of the paper', () => {
    for (const size of [48, 24, 12, 6]) {
      const shape = shapeOf(16, size, size, 256);
      const patch = patchFor(shape);
      assert.ok(patch);
      const { across, down } = patchCounts(shape, patch);
      assert.equal(across * patch.width * down * patch.height, size * size);
    }
  });

  it('take 3 x 3 filters with stride 1 that keep the size', () => {
    const shape = shapeOf(1, 8, 8, 64);
    assert.equal(fitsPatches(shape), true);
    assert.equal(fitsPatches({ ...shape, stride: 2 }), false);
    assert.equal(
      fitsPatches({ ...shape, kernelHeight: 1, kernelWidth: 1, paddingTop: 0, paddingLeft: 0 }),
      false,
    );
    assert.equal(fitsPatches({ ...shape, paddingTop: 0 }), false);
    assert.equal(fitsPatches({ ...shape, inputChannels: 48 }), false);
  });
});

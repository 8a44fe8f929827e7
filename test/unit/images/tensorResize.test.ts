import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type FloatPlane, tensorResize } from '../../../engine/images/tensorResize';
import { assertClose } from '../assertClose';
import { noise } from './pillowVectors';

function plane(width: number, height: number, seed: number): FloatPlane {
  return { width, height, values: Float32Array.from(noise(width * height, seed), (value) => value / 255) };
}

/** Antialiased mean by its definition: the triangle around the output pixel's centre, over all input pixels. */
function meanAt({ width, height, values }: FloatPlane, size: number, row: number, column: number): number {
  const weight = (input: number, output: number, position: number) => {
    const scale = input / size;
    const support = Math.max(1, scale);
    return Math.max(0, 1 - Math.abs((position + 0.5 - (output + 0.5) * scale) / support));
  };
  let sum = 0;
  let weights = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const share = weight(height, row, y) * weight(width, column, x);
      sum += share * values[y * width + x]!;
      weights += share;
    }
  }
  return sum / weights;
}

describe('tensorResize', () => {
  it('without antialiasing maps pixel centres and skips what lies between', () => {
    // Centres of 2 pixels in a row of 6: 1.0 and 4.0; of 4 in a row of 2: -0.25, 0.25, 0.75, 1.25, clamped.
    const row = (values: number[]) => ({
      width: values.length,
      height: values.length,
      values: Float32Array.from({ length: values.length ** 2 }, (_, index) => values[index % values.length]!),
    });
    assert.deepEqual([...tensorResize(row([0, 1, 0, 0, 0.5, 0]), 2, false)], [1, 0.5, 1, 0.5]);
    assert.deepEqual([...tensorResize(row([0, 1]), 4, false)].slice(0, 4), [0, 0.25, 0.75, 1]);
  });

  it('with antialiasing is the triangle-weighted mean of all pixels', () => {
    for (const [width, height, size] of [
      [20, 13, 5],
      [3, 4, 7],
      [48, 9, 12],
    ] as const) {
      const source = plane(width, height, size);
      const expected = Array.from({ length: size * size }, (_, index) =>
        meanAt(source, size, Math.floor(index / size), index % size),
      );
      assertClose(tensorResize(source, size, true), expected, 1e-6);
    }
  });

  it('keeps a plane of the wanted size, and agrees with and without antialiasing where a plane grows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 15 }), (side, more) => {
        const source = plane(side, side, more);
        assert.deepEqual(tensorResize(source, side, false), source.values);
        assert.deepEqual(tensorResize(source, side, true), source.values);
        const larger = side + more;
        assertClose(tensorResize(source, larger, true), tensorResize(source, larger, false), 1e-6);
      }),
      { seed: 2, numRuns: 100 },
    );
  });
});

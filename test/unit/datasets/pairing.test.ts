import assert from 'node:assert/strict';
import { drawPartners, type PairingPolicy } from '../../../engine/datasets/pairing';

/** Two classes: images 0 to 3 of a bank of 10 where images 4 and 9 test, and images 5 to 8. */
const IMAGES = [Uint32Array.of(0, 1, 2, 3), Uint32Array.of(5, 6, 7, 8)];
const LABELS = Int32Array.from({ length: 400 }, (_, index) => index % 2);

/** The images drawn for each label, ascending. */
function drawn(policy: PairingPolicy, imageCount = 10): number[][] {
  const partners = drawPartners(IMAGES, LABELS, 3, 7, { policy, imageCount });
  return [0, 1].map((label) => {
    const images = new Set([...partners].filter((_, index) => LABELS[index] === label));
    return [...images].sort((one, other) => one - other);
  });
}

describe('pairing (methods.md 3.5)', () => {
  it('draws from all images of the class by default', () => {
    assert.deepEqual(drawn('same-class'), [
      [0, 1, 2, 3],
      [5, 6, 7, 8],
    ]);
  });

  it("copies the authors' range that ends one image too late (N-Caltech101)", () => {
    assert.deepEqual(drawn('one-beyond'), [
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
    ]);
    assert.deepEqual(drawn('one-beyond', 9)[1], [5, 6, 7, 8]);
  });

  it("copies the authors' list positions taken for image indices (CEP-DVS)", () => {
    assert.deepEqual(drawn('list-position'), [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
  });

  it("copies the authors' label taken for an image index (CIFAR10-DVS)", () => {
    assert.deepEqual(drawn('label-as-index'), [[0], [1]]);
  });

  it('depends on seed and iteration only', () => {
    const at = (seed: number, iteration: number) => drawPartners(IMAGES, LABELS, seed, iteration);
    assert.deepEqual(at(1, 2), at(1, 2));
    assert.notDeepEqual(at(1, 2), at(1, 3));
    assert.notDeepEqual(at(1, 2), at(2, 2));
  });
});

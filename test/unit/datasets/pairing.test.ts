import assert from 'node:assert/strict';
import { drawPartners, type PairingPolicy, reachableImages } from '../../../engine/datasets/pairing';

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

  it('takes labels for positions in the whole set, whatever the split left of it', () => {
    const wholeSet = [Uint32Array.of(11, 12, 13), Uint32Array.of(5, 6, 7, 8)];
    const partners = drawPartners(IMAGES, Int32Array.of(0, 1), 3, 7, { policy: 'label-as-index', wholeSet });
    assert.deepEqual([...partners], [11, 12]);
  });

  it("copies the older version's block of 6,000 images per label (CIFAR10-DVS)", () => {
    const block = 6000;
    const wholeSet = Array.from({ length: 10 }, (_, label) =>
      Uint32Array.from({ length: block }, (_, index) => block * label + index),
    );
    const labels = Int32Array.from({ length: 2000 }, (_, index) => index % 10);
    const partners = drawPartners(wholeSet, labels, 3, 7, { policy: 'class-block' });
    const offsets = Array.from(partners, (image, slot) => image - block * labels[slot]!);
    assert.ok(offsets.every((offset) => offset >= 0 && offset < block));
    assert.ok(Math.max(...offsets) > 5900 && Math.min(...offsets) < 100);
  });

  it('gives CEP-DVS images of the right class only below position 250', () => {
    const pool = Array.from({ length: 20 }, (_, label) =>
      Uint32Array.from({ length: 250 }, (_, index) => 500 * label + index),
    );
    const labels = Int32Array.from({ length: 4000 }, (_, index) => index % 20);
    const partners = drawPartners(pool, labels, 3, 7, { policy: 'list-position', imageCount: 10_000 });
    const isRight = (image: number, slot: number) => Math.floor(image / 500) === labels[slot];
    const rightLabels = new Set(labels.filter((_, slot) => isRight(partners[slot]!, slot)));
    assert.deepEqual([...rightLabels], [0]);
    assert.equal(partners.filter(isRight).length, 200);
  });

  it('reaches exactly the images it can draw', () => {
    for (const policy of [
      'same-class',
      'one-beyond',
      'list-position',
      'label-as-index',
      'class-block',
    ] as const) {
      const images = reachableImages(IMAGES, { policy, imageCount: 10 });
      assert.deepEqual(
        [...images].sort((one, other) => one - other),
        [...new Set(drawn(policy).flat())].sort(),
      );
    }
  });

  it('depends on seed and iteration only', () => {
    const at = (seed: number, iteration: number) => drawPartners(IMAGES, LABELS, seed, iteration);
    assert.deepEqual(at(1, 2), at(1, 2));
    assert.notDeepEqual(at(1, 2), at(1, 3));
    assert.notDeepEqual(at(1, 2), at(2, 2));
  });
});

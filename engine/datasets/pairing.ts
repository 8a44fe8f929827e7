import { randomStream } from './random';

/**
 * Draws the static partner of every recording of a batch: uniform over the images of the same class
 * (methods.md 3.5). Depends on seed, iteration and labels only.
 * @param imagesOfClass image indices of each class, none empty.
 * @param labels classes of the batch's recordings, length B.
 * @returns image indices, length B.
 */
export function drawPartners(
  imagesOfClass: readonly Uint32Array[],
  labels: Int32Array,
  seed: number,
  iteration: number,
): Uint32Array {
  const random = randomStream(seed, 'pairing', iteration);
  return Uint32Array.from(labels, (label) => {
    const images = imagesOfClass[label]!;
    return images[random.below(images.length)]!;
  });
}

import { randomStream } from './random';

/** How recordings get static partners; the last three copy the authors' code (methods.md 3.5, 10.2). */
export const PAIRING_POLICIES = ['same-class', 'one-beyond', 'list-position', 'label-as-index'] as const;
export type PairingPolicy = (typeof PAIRING_POLICIES)[number];

/** The image indices a label may be paired with, as a function of a number below `count`. */
interface PartnerRange {
  readonly count: number;
  at(draw: number): number;
}

/** Position of a class's first image in the list of all selected images, class after class. */
function listPositions(imagesOfClass: readonly Uint32Array[]): number[] {
  let position = 0;
  return imagesOfClass.map((images) => {
    const first = position;
    position += images.length;
    return first;
  });
}

function partnerRange(
  policy: PairingPolicy,
  images: Uint32Array,
  { label, position }: { label: number; position: number },
): PartnerRange {
  switch (policy) {
    case 'same-class':
      return { count: images.length, at: (draw) => images[draw]! };
    case 'one-beyond':
      return { count: images.length + 1, at: (draw) => images[draw] ?? images.at(-1)! + 1 };
    case 'list-position':
      return { count: images.length, at: (draw) => position + draw };
    case 'label-as-index':
      return { count: 1, at: () => label };
  }
}

/**
 * Draws the static partner of every recording of a batch (methods.md 3.5): with `same-class` uniform over the images
 * of its class. Depends on seed, iteration and labels only.
 * - one-beyond: the range reaches one image past the last of the class (N-Caltech101).
 * - list-position: a position in the list of selected images, taken for an index into all images (CEP-DVS).
 * - label-as-index: the label, taken for an image index (CIFAR10-DVS).
 * @param imagesOfClass image indices of each class in order, none empty.
 * @param labels classes of the batch's recordings, length B.
 * @param imageCount images there are in all; a copied mistake never reaches past them.
 * @returns image indices, length B.
 */
export function drawPartners(
  imagesOfClass: readonly Uint32Array[],
  labels: Int32Array,
  seed: number,
  iteration: number,
  {
    policy = 'same-class',
    imageCount = Number.POSITIVE_INFINITY,
  }: { policy?: PairingPolicy; imageCount?: number } = {},
): Uint32Array {
  const random = randomStream(seed, 'pairing', iteration);
  const positions = listPositions(imagesOfClass);
  const ranges = imagesOfClass.map((images, label) =>
    partnerRange(policy, images, { label, position: positions[label]! }),
  );
  return Uint32Array.from(labels, (label) => {
    const { count, at } = ranges[label]!;
    return Math.min(at(random.below(count)), imageCount - 1);
  });
}

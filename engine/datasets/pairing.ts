import { randomStream } from './random';

/** How recordings get static partners; all but the first copy the authors' code (methods.md 3.5, 10.2). */
export const PAIRING_POLICIES = [
  'same-class',
  'one-beyond',
  'list-position',
  'label-as-index',
  'class-block',
] as const;
export type PairingPolicy = (typeof PAIRING_POLICIES)[number];

/** What partners are drawn from. */
export interface PartnerOptions {
  readonly policy?: PairingPolicy;
  /** Images there are in all; a copied mistake never reaches past them. */
  readonly imageCount?: number;
  /** Images of each class before the split chose some of them. Default: the images drawn from. */
  readonly wholeSet?: readonly Uint32Array[];
}

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

/** The image at a position of the list of all images, class after class; the last one past its end. */
function imageAt(imagesOfClass: readonly Uint32Array[], position: number): number {
  let rest = position;
  for (const images of imagesOfClass) {
    if (rest < images.length) {
      return images[rest]!;
    }
    rest -= images.length;
  }
  return imagesOfClass.at(-1)!.at(-1)!;
}

/** Images of the whole set per class, rounded down: 6,000 of CIFAR-10. */
function blockLength(wholeSet: readonly Uint32Array[]): number {
  const total = wholeSet.reduce((sum, images) => sum + images.length, 0);
  return Math.floor(total / wholeSet.length);
}

function partnerRange(
  policy: PairingPolicy,
  images: Uint32Array,
  { label, position, wholeSet }: { label: number; position: number; wholeSet: readonly Uint32Array[] },
): PartnerRange {
  switch (policy) {
    case 'same-class':
      return { count: images.length, at: (draw) => images[draw]! };
    case 'one-beyond':
      return { count: images.length + 1, at: (draw) => images[draw] ?? images.at(-1)! + 1 };
    case 'list-position':
      return { count: images.length, at: (draw) => position + draw };
    case 'label-as-index':
      return { count: 1, at: () => imageAt(wholeSet, label) };
    case 'class-block': {
      const count = blockLength(wholeSet);
      return { count, at: (draw) => imageAt(wholeSet, count * label + draw) };
    }
  }
}

function partnerRanges(
  imagesOfClass: readonly Uint32Array[],
  { policy = 'same-class', imageCount = Number.POSITIVE_INFINITY, wholeSet = imagesOfClass }: PartnerOptions,
): PartnerRange[] {
  const positions = listPositions(imagesOfClass);
  return imagesOfClass.map((images, label) => {
    const range = partnerRange(policy, images, { label, position: positions[label]!, wholeSet });
    return { count: range.count, at: (draw) => Math.min(range.at(draw), imageCount - 1) };
  });
}

/**
 * Draws the static partner of every recording of a batch (methods.md 3.5): with `same-class` uniform over the images
 * of its class. Depends on seed, iteration and labels only.
 * - one-beyond: the range reaches one image past the last of the class (N-Caltech101).
 * - list-position: a position in the list of selected images, taken for an index into all images (CEP-DVS).
 * - label-as-index: the label, taken for a position in the whole set, class after class (CIFAR10-DVS).
 * - class-block: block * label + draw, a position in the whole set; a block is an equal share (CIFAR10-DVS, older
 *   version: 6,000).
 * @param imagesOfClass image indices of each class in order, none empty.
 * @param labels classes of the batch's recordings, length B.
 * @returns image indices, length B.
 */
export function drawPartners(
  imagesOfClass: readonly Uint32Array[],
  labels: Int32Array,
  seed: number,
  iteration: number,
  options: PartnerOptions = {},
): Uint32Array {
  const random = randomStream(seed, 'pairing', iteration);
  const ranges = partnerRanges(imagesOfClass, options);
  return Uint32Array.from(labels, (label) => {
    const { count, at } = ranges[label]!;
    return at(random.below(count));
  });
}

/** All images that {@link drawPartners} can draw. */
export function reachableImages(
  imagesOfClass: readonly Uint32Array[],
  options: PartnerOptions = {},
): ReadonlySet<number> {
  const images = new Set<number>();
  for (const { count, at } of partnerRanges(imagesOfClass, options)) {
    for (let draw = 0; draw < count; draw++) {
      images.add(at(draw));
    }
  }
  return images;
}

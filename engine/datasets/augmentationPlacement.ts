import type { AugmentationConfiguration } from './augmentationSchema';
import type { RandomStream } from './random';
import { roundHalfEven } from './roundHalfEven';

/** Where the pixels of an augmented frame come from: a crop of the padded frame, then a flip, then a rotation. */
export interface Placement {
  /** Rows and columns the crop lies below and right of the frame; negative: above and left. */
  readonly down: number;
  readonly right: number;
  readonly isFlipped: boolean;
  /** Counter-clockwise, in degrees. */
  readonly angle: number;
}

/** Zero padding in pixels: the authors' S // 12 (methods.md 3.2), unless the configuration gives another. */
function paddingOf({ padding }: AugmentationConfiguration, size: number): number {
  return padding ?? Math.floor(size / 12);
}

/**
 * Draws the placement of a sample: offsets uniform in -padding ... padding; with dvs-da also a flip, and an angle
 * uniform in -rotationDegrees ... rotationDegrees.
 * @param size S in pixels.
 */
export function drawPlacement(
  augmentation: AugmentationConfiguration,
  size: number,
  random: RandomStream,
): Placement {
  const padding = paddingOf(augmentation, size);
  const down = random.below(2 * padding + 1) - padding;
  const right = random.below(2 * padding + 1) - padding;
  if (augmentation.kind !== 'dvs-da') {
    return { down, right, isFlipped: false, angle: 0 };
  }
  const isFlipped = random.uniform() < augmentation.flipProbability;
  const angle = (2 * random.uniform() - 1) * augmentation.rotationDegrees;
  return { down, right, isFlipped, angle };
}

/**
 * Computes the source pixel of every pixel of an augmented frame. The rotation is that of torchvision: around the
 * centre (S - 1) / 2, nearest pixel with halves to even, nothing from outside.
 * @param size S in pixels.
 * @param sources length S * S; receives indices of pixels of the frame, or S * S where the frame ends.
 */
export function placeSources(
  { down, right, isFlipped, angle }: Placement,
  size: number,
  sources: Int32Array,
): void {
  const sine = Math.sin((angle * Math.PI) / 180);
  const cosine = Math.cos((angle * Math.PI) / 180);
  const centre = (size - 1) / 2;
  const isInside = (row: number, column: number) => row >= 0 && row < size && column >= 0 && column < size;

  function sourceOf(row: number, column: number): number {
    const x = column - centre;
    const y = row - centre;
    const turnedRow = roundHalfEven(sine * x + cosine * y + centre);
    const turnedColumn = roundHalfEven(cosine * x - sine * y + centre);
    const fromRow = turnedRow + down;
    const fromColumn = (isFlipped ? size - 1 - turnedColumn : turnedColumn) + right;
    return isInside(turnedRow, turnedColumn) && isInside(fromRow, fromColumn)
      ? fromRow * size + fromColumn
      : size * size;
  }

  for (let pixel = 0; pixel < sources.length; pixel++) {
    sources[pixel] = sourceOf(Math.floor(pixel / size), pixel % size);
  }
}

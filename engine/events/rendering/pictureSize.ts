import type { SensorSize } from '../eventBatch';

/** Smaller pictures are hard to look at. */
const READABLE_SIDE = 256;
const LARGEST_SIDE = 2048;

/** A size times a whole factor. @param factor default: so that the shorter side has 256 pixels, the longer at most 2048. */
export function magnified(
  { width, height }: SensorSize,
  factor = readableFactor({ width, height }),
): SensorSize {
  return { width: width * factor, height: height * factor };
}

function readableFactor({ width, height }: SensorSize): number {
  const wanted = Math.ceil(READABLE_SIDE / Math.min(width, height));
  return Math.max(1, Math.min(wanted, Math.floor(LARGEST_SIDE / Math.max(width, height))));
}

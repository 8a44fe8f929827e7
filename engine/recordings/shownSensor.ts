import type { SensorSize } from '../events/eventBatch';

/** The editor holds up to 30 bytes per pixel; one damaged byte of a header can make a sensor huge. */
const MOST_PIXELS = 2 ** 24;
/** Longest side of a texture that every graphics card takes. */
const LONGEST_SIDE = 8192;

/** Whether a sensor has more pixels than the editor can draw. */
export function isTooLargeToShow({ width, height }: SensorSize): boolean {
  return width * height > MOST_PIXELS || Math.max(width, height) > LONGEST_SIDE;
}

import { bilinearResize } from './bilinearResize';
import { type EventBatch, type SensorSize, sortedByTime } from './eventBatch';
import { type EventRange, timeWindows } from './timeWindows';

/** Channels of a frame: 0 = OFF, 1 = ON. */
export const POLARITY_CHANNELS = 2;

/** `channels-last`: [T, height, width, 2], as training holds frames; `channels-first`: [T, 2, height, width], as tonic. */
export type FrameLayout = 'channels-last' | 'channels-first';

/**
 * Adds one per event to its slice, polarity and pixel; slices may overlap. Events outside the sensor are ignored.
 * @param counts of the layout's shape, one step per slice.
 */
export function addCounts(
  counts: Uint32Array | Float32Array,
  { x, y, polarity }: EventBatch,
  slices: readonly EventRange[],
  { width, height }: SensorSize,
  layout: FrameLayout,
): void {
  const plane = width * height;
  const [pixelStride, polarityStride] = layout === 'channels-last' ? [POLARITY_CHANNELS, 1] : [1, plane];
  slices.forEach(({ begin, end }, step) => {
    const origin = step * plane * POLARITY_CHANNELS;
    for (let index = begin; index < end; index++) {
      const column = x[index]!;
      const row = y[index]!;
      if (column < width && row < height) {
        counts[origin + (row * width + column) * pixelStride + polarity[index]! * polarityStride]!++;
      }
    }
  });
}

/**
 * Counts events per time window, pixel and polarity (methods.md 3.2, steps 2 and 3).
 * @param timeSteps T, at least 1.
 * @returns counts [T, height, width, 2]; channel 0 = OFF, 1 = ON.
 */
export function countEvents(events: EventBatch, timeSteps: number, sensor: SensorSize): Uint32Array {
  const sorted = sortedByTime(events);
  const counts = new Uint32Array(timeSteps * sensor.width * sensor.height * POLARITY_CHANNELS);
  addCounts(counts, sorted, timeWindows(sorted.t, timeSteps), sensor, 'channels-last');
  return counts;
}

/**
 * Resizes frames to S x S, bilinear with aligned corners, without normalisation (methods.md 3.2, step 4).
 * @param counts [T, height, width, 2].
 * @returns interpolated counts [T, S, S, 2].
 */
export function resizeFrames(
  counts: ArrayLike<number>,
  timeSteps: number,
  sensor: SensorSize,
  size: number,
): Float32Array {
  const output = { width: size, height: size };
  const resize = bilinearResize({ input: sensor, output, channels: POLARITY_CHANNELS }, 'align-corners');
  const frames = new Float32Array(timeSteps * size * size * POLARITY_CHANNELS);
  const sourcePlane = sensor.width * sensor.height * POLARITY_CHANNELS;
  const targetPlane = size * size * POLARITY_CHANNELS;
  for (let step = 0; step < timeSteps; step++) {
    resize.apply(counts, step * sourcePlane, frames, step * targetPlane);
  }
  return frames;
}

import { bilinearResize } from './bilinearResize';
import { type EventBatch, type SensorSize, sortedByTime } from './eventBatch';
import { timeWindows } from './timeWindows';

/** Channels of a frame: 0 = OFF, 1 = ON. */
export const POLARITY_CHANNELS = 2;

/**
 * Counts events per time window, pixel and polarity (methods.md 3.2, steps 2 and 3).
 * @param timeSteps T, at least 1.
 * @returns counts [T, height, width, 2]; channel 0 = OFF, 1 = ON.
 */
export function countEvents(events: EventBatch, timeSteps: number, sensor: SensorSize): Uint32Array {
  const { t, x, y, polarity } = sortedByTime(events);
  const plane = sensor.width * sensor.height * POLARITY_CHANNELS;
  const counts = new Uint32Array(timeSteps * plane);
  timeWindows(t, timeSteps).forEach(({ begin, end }, step) => {
    for (let index = begin; index < end; index++) {
      const pixel = y[index]! * sensor.width + x[index]!;
      counts[step * plane + pixel * POLARITY_CHANNELS + polarity[index]!]!++;
    }
  });
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

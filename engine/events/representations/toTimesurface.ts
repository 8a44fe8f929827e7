import { z } from 'zod';
import type { EventBatch, SensorSize } from '../eventBatch';
import { POLARITY_CHANNELS } from '../frames';
import { stepsOf } from './countFrames';
import { type EventSlice, sliceByTime } from './eventSlices';
import { requireTensorSize, zeroTensor } from './eventTensor';
import { defineRepresentation } from './representation';

/** Stores the time of each event of the slice at its polarity and pixel; the last one stays. */
function remember(
  lastTime: Float64Array,
  { t, x, y, polarity }: EventBatch,
  { begin, end }: EventSlice,
  { width, height }: SensorSize,
): void {
  for (let index = begin; index < end; index++) {
    if (x[index]! < width && y[index]! < height) {
      lastTime[(polarity[index]! * height + y[index]!) * width + x[index]!] = t[index]!;
    }
  }
}

/**
 * tonic's ToTimesurface (Lagorce et al. 2016, over the whole sensor): every `dt` µs, exp(-(t_k - t_last) / tau) of
 * the last event of each polarity and pixel, where t_k is the end of step k; 0 where there was none yet.
 */
export const TO_TIMESURFACE = defineRepresentation({
  title: 'Time surface (ToTimesurface)',
  description: 'How recent the last event of each pixel is: 1 just now, decaying to 0.',
  schema: z.strictObject({
    name: z.literal('ToTimesurface'),
    dt: z.number().positive().default(10_000).describe('Time between surfaces in µs.'),
    tau: z.number().positive().default(10_000).describe('Time constant of the decay in µs.'),
  }),
  compute(events, sensor, { dt, tau }) {
    const slicing = sliceByTime(events.t, dt, 0, false);
    const plane = POLARITY_CHANNELS * sensor.height * sensor.width;
    const shape = [slicing.count, POLARITY_CHANNELS, sensor.height, sensor.width] as const;
    requireTensorSize(shape);
    const slices = slicing.slices();
    const tensor = zeroTensor(shape, () => stepsOf(slices));
    const lastTime = new Float64Array(plane).fill(Number.NEGATIVE_INFINITY);
    slices.forEach((slice, step) => {
      remember(lastTime, events, slice, sensor);
      for (let pixel = 0; pixel < plane; pixel++) {
        tensor.data[step * plane + pixel] = Math.exp((lastTime[pixel]! - slice.stop) / tau);
      }
    });
    return tensor;
  },
});

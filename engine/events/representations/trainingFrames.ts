import { z } from 'zod';
import type { EventBatch, SensorSize } from '../eventBatch';
import { countEvents, POLARITY_CHANNELS, resizeFrames } from '../frames';
import { timeWindows } from '../timeWindows';
import { stepsOf } from './countFrames';
import type { EventSlice } from './eventSlices';
import { requireTensorSize, zeroTensor } from './eventTensor';
import { defineRepresentation } from './representation';

/** @param shift µs from the times given to those of the recording. */
function windowSlices(t: Float64Array, timeSteps: number, shift: number): EventSlice[] {
  const first = (t[0] ?? 0) + shift;
  const width = Math.floor((t.at(-1) ?? 0) / timeSteps);
  return timeWindows(t, timeSteps).map((range, step) => ({
    ...range,
    start: first + step * width,
    stop: first + (step + 1) * width,
  }));
}

/** Times from the first event on, for windows that do not depend on where the clock begins. */
function fromFirstEvent(events: EventBatch): EventBatch {
  const first = events.t[0] ?? 0;
  return { ...events, t: events.t.map((t) => t - first) };
}

/** Copies [T, height, width, 2] to [T, 2, height, width]. */
function channelsFirst(source: ArrayLike<number>, target: Float32Array, { width, height }: SensorSize): void {
  const plane = width * height;
  for (let position = 0; position < target.length; position++) {
    const step = Math.floor(position / (plane * POLARITY_CHANNELS));
    const channel = Math.floor(position / plane) % POLARITY_CHANNELS;
    target[position] = source[(step * plane + (position % plane)) * POLARITY_CHANNELS + channel]!;
  }
}

/**
 * Exactly what a transfer run trains on (methods.md 3.2): windows of floor(t_last / T) µs where t_last is the last
 * timestamp, absolute or from the first event on, event counts, resized bilinearly with aligned corners.
 */
export const TRAINING_FRAMES = defineRepresentation({
  title: 'Frames of a transfer run',
  description: 'What SpikeBridge trains on: counts of T windows, resized to size x size.',
  schema: z.strictObject({
    name: z.literal('TrainingFrames'),
    time_steps: z.int().positive().default(10).describe('T.'),
    time_origin: z
      .enum(['first-event', 'zero'])
      .default('first-event')
      .describe(
        'From when on t_last counts: the first event (own folders of recordings), or time 0 (N-MNIST, N-Caltech101, CEP-DVS).',
      ),
    size: z.int().positive().max(1024).optional().describe('Side in pixels; not resized when left out.'),
  }),
  compute(given, sensor, { time_steps: timeSteps, time_origin: origin, size }) {
    requireTensorSize([timeSteps, POLARITY_CHANNELS, sensor.height, sensor.width]);
    const events = origin === 'zero' ? given : fromFirstEvent(given);
    const output = size === undefined ? sensor : { width: size, height: size };
    const shift = (given.t[0] ?? 0) - (events.t[0] ?? 0);
    const tensor = zeroTensor([timeSteps, POLARITY_CHANNELS, output.height, output.width], () =>
      stepsOf(windowSlices(events.t, timeSteps, shift)),
    );
    const counts = countEvents(events, timeSteps, sensor);
    const frames = size === undefined ? counts : resizeFrames(counts, timeSteps, sensor, size);
    channelsFirst(frames, tensor.data, output);
    return tensor;
  },
});

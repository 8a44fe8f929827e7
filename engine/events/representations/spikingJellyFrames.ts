import { z } from 'zod';
import { countFrames } from './countFrames';
import { splitByNumber, splitByTime } from './eventSlices';
import { defineRepresentation } from './representation';

/** SpikingJelly's frames: a fixed number of steps, split by number of events or by time; the last takes the rest. */
export const SPIKINGJELLY_FRAMES = defineRepresentation({
  title: 'Frames as in SpikingJelly',
  description: 'Events per step, polarity and pixel; the last step takes the rest.',
  schema: z.strictObject({
    name: z.literal('SpikingJellyFrames'),
    frames_number: z.int().positive().default(10).describe('Number of steps.'),
    split_by: z.enum(['number', 'time']).default('number').describe('Equally many events, or equal time.'),
  }),
  compute(events, sensor, { frames_number: frames, split_by: splitBy }) {
    const slicing = splitBy === 'number' ? splitByNumber(events.t, frames) : splitByTime(events.t, frames);
    return countFrames(events, slicing, sensor);
  },
});

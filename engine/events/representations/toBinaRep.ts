import { z } from 'zod';
import { countFrames } from './countFrames';
import { sliceByTimeBins } from './eventSlices';
import { type EventTensor, zeroTensor } from './eventTensor';
import { defineRepresentation } from './representation';

function mergeSteps({ steps }: EventTensor, bits: number, frames: number) {
  return Array.from({ length: frames }, (_, frame) => {
    const part = steps.slice(frame * bits, (frame + 1) * bits);
    return {
      start: part[0]!.start,
      end: part.at(-1)!.end,
      events: part.reduce((sum, { events }) => sum + events, 0),
    };
  });
}

/**
 * tonic's ToBinaRep over ToFrame(n_time_bins = n_frames * n_bits): n_bits binary frames, the earliest as the most
 * significant bit, make one number, divided by 2^n_bits - 1 (Barchid et al. 2022).
 */
export const TO_BINA_REP = defineRepresentation({
  title: 'Binary frames (ToBinaRep)',
  description: 'Each value is an n-bit number of binary frames, from 0 to 1.',
  schema: z.strictObject({
    name: z.literal('ToBinaRep'),
    n_frames: z.int().positive().default(1).describe('Number of steps.'),
    n_bits: z.int().min(2).max(24).default(8).describe('Binary frames per step.'),
  }),
  compute(events, sensor, { n_frames: frames, n_bits: bits }) {
    const counts = countFrames(events, sliceByTimeBins(events.t, frames * bits, 0), sensor);
    const [, channels, height, width] = counts.shape;
    const tensor = zeroTensor([frames, channels, height, width], () => mergeSteps(counts, bits, frames));
    const plane = channels * height * width;
    const largest = 2 ** bits - 1;
    tensor.data.forEach((_, position) => {
      const first = Math.floor(position / plane) * bits * plane + (position % plane);
      let number = 0;
      for (let bit = 0; bit < bits; bit++) {
        number = number * 2 + (counts.data[first + bit * plane]! > 0 ? 1 : 0);
      }
      tensor.data[position] = number / largest;
    });
    return tensor;
  },
});

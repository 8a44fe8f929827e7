import { z } from 'zod';
import { defineFilter } from './eventFilter';
import { keepEvents } from './keepEvents';

/** tonic's CropTime: keeps events with min <= t <= max, both inclusive. */
export const CROP_TIME = defineFilter({
  title: 'Time range (CropTime)',
  description: 'Keeps the events with timestamps from min to max, both inclusive.',
  schema: z.strictObject({
    name: z.literal('CropTime'),
    min: z.number().default(0).describe('Smallest timestamp in µs, inclusive.'),
    max: z.number().optional().describe('Largest timestamp in µs, inclusive; none when left out.'),
  }),
  create({ min, max = Number.POSITIVE_INFINITY }) {
    return {
      reset: () => {},
      apply: ({ t, ...rest }) => keepEvents({ t, ...rest }, (index) => t[index]! >= min && t[index]! <= max),
    };
  },
});

import { z } from 'zod';
import { defineFilter } from './eventFilter';
import { keepEvents } from './keepEvents';
import { pixelMemory } from './pixelMemory';

/** tonic's Decimation: of the events of each pixel, whatever the polarity, the n-th, 2n-th, 3n-th … are kept. */
export const DECIMATION = defineFilter({
  title: 'Decimation',
  description: 'Keeps every n-th event of each pixel.',
  schema: z.strictObject({
    name: z.literal('Decimation'),
    n: z.int().positive().default(2).describe('One of n events of a pixel is kept.'),
  }),
  create({ n }) {
    const waiting = pixelMemory(0);
    return {
      reset: () => waiting.clear(),
      apply(events) {
        waiting.fit(events);
        const { values, width } = waiting;
        const { x, y } = events;
        return keepEvents(events, (index) => {
          const pixel = y[index]! * width + x[index]!;
          const count = values[pixel]! + 1;
          const isNth = count >= n;
          values[pixel] = isNth ? 0 : count;
          return isNth;
        });
      },
    };
  },
});

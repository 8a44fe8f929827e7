import { z } from 'zod';
import { defineFilter } from './eventFilter';
import { keepEvents } from './keepEvents';
import { type PixelCopy, pixelMemory } from './pixelMemory';

const LARGEST_BYTE = 255;

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
    const copy = (): PixelCopy => {
      const { values, width, height } = waiting;
      // Counts are below n.
      return n > LARGEST_BYTE + 1 ? waiting.copy() : { values: new Uint8Array(values), width, height };
    };
    return {
      memory: { isLasting: true, copy, load: waiting.load },
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

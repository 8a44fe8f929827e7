import { z } from 'zod';
import { defineFilter } from './eventFilter';
import { keepEvents } from './keepEvents';
import { pixelMemory } from './pixelMemory';

/**
 * Background activity filter by tonic's rule: an event is kept when one of its four neighbours (left, right, above,
 * below; not the pixel itself and not the diagonals) fired, with either polarity, kept or not, less than
 * `filter_time` before it. As in tonic, a pixel that never fired counts as one that fired at t = 0, so that events
 * with t < filter_time are all kept.
 */
export const DENOISE = defineFilter({
  title: 'Background activity (Denoise)',
  description: 'Drops events none of whose four neighbours fired within filter_time before.',
  schema: z.strictObject({
    name: z.literal('Denoise'),
    filter_time: z
      .number()
      .positive()
      .default(10_000)
      .describe('How long a neighbour supports an event, in µs (exclusive).'),
  }),
  create({ filter_time }) {
    const supportEnd = pixelMemory(filter_time);
    return {
      reset: () => supportEnd.clear(),
      memory: { isLasting: false, copy: supportEnd.copy, load: supportEnd.load },
      apply(events) {
        supportEnd.fit(events);
        const { values, width, height } = supportEnd;
        const { t, x, y } = events;
        return keepEvents(events, (index) => {
          const column = x[index]!;
          const row = y[index]!;
          const time = t[index]!;
          const pixel = row * width + column;
          values[pixel] = time + filter_time;
          return (
            (column > 0 && values[pixel - 1]! > time) ||
            (column < width - 1 && values[pixel + 1]! > time) ||
            (row > 0 && values[pixel - width]! > time) ||
            (row < height - 1 && values[pixel + width]! > time)
          );
        });
      },
    };
  },
});

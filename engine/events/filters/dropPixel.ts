import { z } from 'zod';
import type { EventBatch } from '../eventBatch';
import { defineFilter, type EventFilter, type FilterSurvey } from './eventFilter';
import { keepEvents } from './keepEvents';
import { type PixelMemory, pixelMemory } from './pixelMemory';

/** Pixels are numbered by both coordinates, whatever the sensor's size. */
function pixelKey(x: number, y: number): number {
  return y * 2 ** 16 + x;
}

/**
 * Counts the events of each pixel and finds the hot ones by tonic's rule: a pixel is hot when it has more events,
 * of both polarities together, than frequency * (t_last - t_first) / 10^6.
 */
function hotPixelSurvey(frequency: number, found: (hot: Set<number>) => void): FilterSurvey {
  const counts: PixelMemory = pixelMemory(0);
  let first: number | undefined;
  let last = 0;
  return {
    observe({ t, x, y, ...rest }: EventBatch) {
      counts.fit({ t, x, y, ...rest });
      const { values, width } = counts;
      for (let index = 0; index < t.length; index++) {
        values[y[index]! * width + x[index]!]!++;
      }
      first ??= t[0];
      last = t.at(-1) ?? last;
    },
    finish() {
      const limit = frequency * (last - (first ?? last)) * 1e-6;
      const hot = new Set<number>();
      counts.values.forEach((count, pixel) => {
        if (count > limit) {
          hot.add(pixelKey(pixel % counts.width, Math.floor(pixel / counts.width)));
        }
      });
      found(hot);
    },
  };
}

/**
 * tonic's DropPixel: drops all events of given pixels, and of hot pixels. Hot pixels need two passes: the first
 * counts the events of every pixel over all events that reach the filter, the second drops. A pixel is hot when it
 * fired more often than `hot_pixel_frequency` on average between the first and the last event.
 */
export const DROP_PIXEL = defineFilter({
  title: 'Hot pixels (DropPixel)',
  description: 'Drops the events of given pixels, and of pixels that fire too often on average.',
  schema: z.strictObject({
    name: z.literal('DropPixel'),
    hot_pixel_frequency: z
      .number()
      .positive()
      .optional()
      .describe('Pixels with a higher mean rate over the recording are dropped, in events/s.'),
    coordinates: z
      .array(z.tuple([z.int().nonnegative(), z.int().nonnegative()]))
      .optional()
      .describe('Pixels [x, y] that are always dropped.'),
  }),
  create({ hot_pixel_frequency: frequency, coordinates = [] }): EventFilter {
    const given = coordinates.map(([x, y]) => pixelKey(x, y));
    let dropped = new Set(given);
    const survey =
      frequency === undefined
        ? undefined
        : hotPixelSurvey(frequency, (hot) => {
            dropped = new Set([...given, ...hot]);
          });
    return {
      survey,
      reset: () => {},
      apply(events) {
        const { x, y } = events;
        return keepEvents(events, (index) => !dropped.has(pixelKey(x[index]!, y[index]!)));
      },
    };
  },
});

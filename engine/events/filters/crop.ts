import { z } from 'zod';
import { defineFilter } from './eventFilter';
import { keepEvents } from './keepEvents';

const pixels = () => z.int().nonnegative();

/** Region of interest. Kept events keep their coordinates, so that the sensor's size stays the same. */
export const CROP = defineFilter({
  title: 'Region of interest (crop)',
  description: 'Keeps the events inside a rectangle.',
  schema: z.strictObject({
    name: z.literal('Crop'),
    x: pixels().describe('Leftmost column, inclusive.'),
    y: pixels().describe('Topmost row, inclusive.'),
    width: pixels().positive().describe('Width in pixels.'),
    height: pixels().positive().describe('Height in pixels.'),
  }),
  create({ x: left, y: top, width, height }) {
    return {
      reset: () => {},
      apply(events) {
        const { x, y } = events;
        return keepEvents(
          events,
          (index) =>
            x[index]! >= left && x[index]! < left + width && y[index]! >= top && y[index]! < top + height,
        );
      },
    };
  },
});

import { z } from 'zod';
import { defineFilter } from './eventFilter';
import { keepEvents } from './keepEvents';
import { pixelMemory } from './pixelMemory';

/**
 * tonic's RefractoryPeriod: an event is kept when it comes more than `delta` after the event before it at the same
 * pixel, whatever the polarity and whether that one was kept or not. As in tonic, a pixel that never fired counts as
 * one that fired at t = -delta, so that its first event is dropped when t <= 0.
 */
export const REFRACTORY_PERIOD = defineFilter({
  title: 'Refractory period',
  description: 'Drops events that follow another event of the same pixel within delta.',
  schema: z.strictObject({
    name: z.literal('RefractoryPeriod'),
    delta: z
      .number()
      .nonnegative()
      .default(1000)
      .describe('Time in µs; an event exactly delta later is dropped.'),
  }),
  create({ delta }) {
    const lastTime = pixelMemory(-delta);
    return {
      reset: () => lastTime.clear(),
      memory: { isLasting: false, copy: lastTime.copy, load: lastTime.load },
      apply(events) {
        lastTime.fit(events);
        const { values, width } = lastTime;
        const { t, x, y } = events;
        return keepEvents(events, (index) => {
          const pixel = y[index]! * width + x[index]!;
          const time = t[index]!;
          const isRested = time - values[pixel]! > delta;
          values[pixel] = time;
          return isRested;
        });
      },
    };
  },
});

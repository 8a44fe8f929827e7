import { z } from 'zod';
import { defineFilter } from './eventFilter';
import { keepEvents } from './keepEvents';

/** Keeps one polarity. */
export const POLARITY = defineFilter({
  title: 'Polarity',
  description: 'Keeps the events of one polarity.',
  schema: z.strictObject({
    name: z.literal('Polarity'),
    keep: z.enum(['on', 'off']).describe('on: brighter (1); off: darker (0).'),
  }),
  create({ keep }) {
    const kept = keep === 'on' ? 1 : 0;
    return {
      reset: () => {},
      apply: (events) => keepEvents(events, (index) => events.polarity[index] === kept),
    };
  },
});

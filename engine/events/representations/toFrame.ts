import { z } from 'zod';
import { binary, countFrames } from './countFrames';
import {
  type Slicing,
  sliceByEventBins,
  sliceByEventCount,
  sliceByTime,
  sliceByTimeBins,
} from './eventSlices';
import { defineRepresentation } from './representation';

const count = () => z.int().positive();

const SLICINGS = ['time_window', 'event_count', 'n_time_bins', 'n_event_bins'] as const;

const schema = z
  .strictObject({
    name: z.literal('ToFrame'),
    time_window: z.number().positive().optional().describe('Length of a step in µs.'),
    event_count: count().optional().describe('Events per step.'),
    n_time_bins: count().optional().describe('Number of steps of equal time.'),
    n_event_bins: count().optional().describe('Number of steps of equally many events.'),
    overlap: z
      .number()
      .nonnegative()
      .default(0)
      .describe(
        'Overlap of steps: µs with time_window, events with event_count, else share of a step below 1.',
      ),
    include_incomplete: z
      .boolean()
      .default(false)
      .describe('Adds a last step that is not full (time_window and event_count only).'),
    start_time: z
      .number()
      .optional()
      .describe('First step begins here instead of at the first event, in µs.'),
    end_time: z.number().optional().describe('Steps reach to here instead of to the last event, in µs.'),
    binary: z.boolean().default(false).describe('1 where a step has any event, instead of counts.'),
  })
  .refine((settings) => SLICINGS.filter((key) => settings[key] !== undefined).length === 1, {
    message: `exactly one of ${SLICINGS.join(', ')} is needed`,
  });

type ToFrameSettings = z.output<typeof schema>;

function slicingFor(t: Float64Array, settings: ToFrameSettings): Slicing {
  const { overlap, include_incomplete: includeIncomplete } = settings;
  if (settings.time_window !== undefined) {
    const limits = { start: settings.start_time, end: settings.end_time };
    return sliceByTime(t, settings.time_window, overlap, includeIncomplete, limits);
  }
  if (settings.event_count !== undefined) {
    return sliceByEventCount(t, settings.event_count, overlap, includeIncomplete);
  }
  return settings.n_time_bins === undefined
    ? sliceByEventBins(t, settings.n_event_bins!, overlap)
    : sliceByTimeBins(t, settings.n_time_bins, overlap);
}

/** tonic's ToFrame: event counts of time windows, of numbers of events, or of T equal parts of either. */
export const TO_FRAME = defineRepresentation({
  title: 'Frames (ToFrame)',
  description: 'Events per step, polarity and pixel.',
  schema,
  compute(events, sensor, settings) {
    const frames = countFrames(events, slicingFor(events.t, settings), sensor);
    return settings.binary ? binary(frames) : frames;
  },
});

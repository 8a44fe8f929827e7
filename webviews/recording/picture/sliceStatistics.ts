import type { PageSlice } from '../pages/eventCache';
import type { Planes } from './planes';

/** What can be said of the events that are shown. */
export interface SliceStatistics {
  readonly events: number;
  readonly onEvents: number;
  /** Pixels with at least one event. */
  readonly activePixels: number;
  readonly pixels: number;
  /** Mean place of all events in pixels; undefined without events. */
  readonly center?: { readonly x: number; readonly y: number };
  /** Most events of one pixel, and which. */
  readonly busiest?: { readonly x: number; readonly y: number; readonly events: number };
  /** Pixels by number of events: `histogram[n - 1]` have n; the last entry counts all with more. */
  readonly histogram: readonly number[];
}

/** Bars of the histogram. */
const MOST_COUNT = 24;

/** Number of events of slices. */
export function eventCount(slices: readonly PageSlice[]): number {
  return slices.reduce((sum, { begin, end }) => sum + end - begin, 0);
}

/** Statistics of counts per pixel. @param counts of events: [2, height, width], OFF then ON. */
export function sliceStatistics({ values, width, height }: Planes): SliceStatistics {
  const pixels = width * height;
  const histogram = new Array<number>(MOST_COUNT).fill(0);
  let [onEvents, offEvents, activePixels, sumX, sumY, busiest] = [0, 0, 0, 0, 0, 0];
  let most = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const count = values[pixel]! + values[pixels + pixel]!;
    if (count === 0) {
      continue;
    }
    offEvents += values[pixel]!;
    onEvents += values[pixels + pixel]!;
    activePixels++;
    sumX += count * (pixel % width);
    sumY += count * Math.floor(pixel / width);
    histogram[Math.min(count, MOST_COUNT) - 1]!++;
    if (count > most) {
      most = count;
      busiest = pixel;
    }
  }
  const events = onEvents + offEvents;
  return {
    events,
    onEvents,
    activePixels,
    pixels,
    histogram,
    ...(events > 0 && {
      center: { x: sumX / events, y: sumY / events },
      busiest: { x: busiest % width, y: Math.floor(busiest / width), events: most },
    }),
  };
}

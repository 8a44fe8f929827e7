import { roundDown } from '../text/roundNumber';

const EVENTS_PER_PAGE = 125_000;
const SHORTEST = 1000;
const LONGEST = 5_000_000;
const STANDARD = 50_000;

/**
 * Length of a page in µs: a round number, so that a page holds some 100,000 events on average.
 * @param eventsPerSecond of the whole recording; undefined while it is not known.
 */
export function pageLength(eventsPerSecond: number | undefined): number {
  if (!eventsPerSecond) {
    return STANDARD;
  }
  return roundDown(Math.min(LONGEST, Math.max(SHORTEST, (EVENTS_PER_PAGE / eventsPerSecond) * 1e6)));
}

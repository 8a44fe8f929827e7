import { lowerBound } from './lowerBound';

/** Events [begin, end) of a recording; indices, end exclusive. */
export interface EventRange {
  readonly begin: number;
  readonly end: number;
}

/**
 * Cuts a recording into equal windows of time (methods.md 3.2, step 2): w = floor(t_last / T) where t_last is the
 * ABSOLUTE last timestamp, window i = [t_first + i w, t_first + (i + 1) w). Events at or after t_first + T w are in
 * no window.
 * @param t timestamps in µs, in time order.
 * @param timeSteps T, at least 1.
 * @returns T ranges of event indices.
 */
export function timeWindows(t: Float64Array, timeSteps: number): EventRange[] {
  const first = t[0] ?? 0;
  const width = Math.floor((t.at(-1) ?? 0) / timeSteps);
  return Array.from({ length: timeSteps }, (_, step) => ({
    begin: lowerBound(t, first + step * width),
    end: lowerBound(t, first + (step + 1) * width),
  }));
}

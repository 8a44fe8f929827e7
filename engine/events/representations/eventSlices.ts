import { SpikeBridgeError } from '../../errors';
import { lowerBound } from '../lowerBound';
import type { EventRange } from '../timeWindows';

/** Events [begin, end) that make one step, and the time it stands for. */
export interface EventSlice extends EventRange {
  /** µs. */
  readonly start: number;
  /** µs. */
  readonly stop: number;
}

/** How many slices there are, and how to make them: there may be more than fit into memory. */
export interface Slicing {
  readonly count: number;
  slices(): EventSlice[];
}

function refuseStride(what: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'usage',
    `the overlap is not smaller than ${what}, so that steps would never get on`,
    'Choose a smaller overlap.',
  );
}

/** Slices of `length` µs that begin every `stride` µs from `start`; the ends are left binary searches. */
function slicesOfTime(
  t: Float64Array,
  start: number,
  length: number,
  stride: number,
  count: number,
): Slicing {
  const slice = (_: unknown, step: number): EventSlice => {
    const sliceStart = step * stride + start;
    const stop = sliceStart + length;
    return { begin: lowerBound(t, sliceStart), end: lowerBound(t, stop), start: sliceStart, stop };
  };
  return { count, slices: () => Array.from({ length: count }, slice) };
}

/** Slices of `length` events that begin every `stride` events. */
function slicesOfEvents(t: Float64Array, length: number, stride: number, count: number): Slicing {
  const slice = (_: unknown, step: number): EventSlice => {
    const begin = Math.min(t.length, step * stride);
    const end = Math.min(t.length, begin + length);
    return {
      begin,
      end,
      start: t[begin] ?? t.at(-1) ?? 0,
      stop: t[Math.max(begin, end - 1)] ?? t.at(-1) ?? 0,
    };
  };
  return { count, slices: () => Array.from({ length: count }, slice) };
}

/** The slicing with its last slice up to the last event. @param stop of the last slice. */
function withRest({ count, slices }: Slicing, t: Float64Array, stop: number): Slicing {
  return {
    count,
    slices: () =>
      slices().map((slice, index) => (index < count - 1 ? slice : { ...slice, end: t.length, stop })),
  };
}

/** How many slices fit behind each other; at least one. */
function sliceCount(total: number, length: number, stride: number, includeIncomplete: boolean): number {
  const steps = (total - length) / stride;
  return Math.max(1, (includeIncomplete ? Math.ceil(steps) : Math.floor(steps)) + 1);
}

/** Where slices of time begin and end instead of at the first and last event, in µs. */
export interface TimeLimits {
  readonly start?: number;
  readonly end?: number;
}

/**
 * tonic's SliceByTime: windows of `window` µs that begin every window - overlap µs; at least one.
 * @param t sorted, in µs.
 * @throws SpikeBridgeError (usage) where the overlap is not smaller than the window.
 */
export function sliceByTime(
  t: Float64Array,
  window: number,
  overlap: number,
  includeIncomplete: boolean,
  limits: TimeLimits = {},
): Slicing {
  const stride = window - overlap;
  if (stride <= 0) {
    throw refuseStride('the time window');
  }
  const start = limits.start ?? t[0] ?? 0;
  const duration = (limits.end ?? t.at(-1) ?? start) - start;
  return slicesOfTime(t, start, window, stride, sliceCount(duration, window, stride, includeIncomplete));
}

/**
 * tonic's SliceByTimeBins: `bins` windows of floor((t_last - t_first) / bins) * (1 + overlap) µs. Without overlap the
 * last events are in no window, as in tonic.
 * @param overlap share of a bin, from 0 to 1 (exclusive).
 */
export function sliceByTimeBins(t: Float64Array, bins: number, overlap: number): Slicing {
  if (overlap >= 1) {
    throw refuseStride('one bin');
  }
  const first = t[0] ?? 0;
  const window = Math.floor(((t.at(-1) ?? 0) - first) / bins) * (1 + overlap);
  return slicesOfTime(t, first, window, window * (1 - overlap), bins);
}

/**
 * tonic's SliceByEventCount: slices of `count` events that begin every count - overlap events.
 * @throws SpikeBridgeError (usage) where the overlap is not smaller than the count.
 */
export function sliceByEventCount(
  t: Float64Array,
  count: number,
  overlap: number,
  includeIncomplete: boolean,
): Slicing {
  const stride = count - overlap;
  if (stride <= 0) {
    throw refuseStride('the number of events');
  }
  const length = Math.min(count, t.length);
  return slicesOfEvents(t, length, stride, sliceCount(t.length, length, stride, includeIncomplete));
}

/**
 * tonic's SliceByEventBins: `bins` slices of floor(floor(N / bins) * (1 + overlap)) events.
 * @param overlap share of a bin, from 0 to 1 (exclusive).
 */
export function sliceByEventBins(t: Float64Array, bins: number, overlap: number): Slicing {
  if (overlap >= 1) {
    throw refuseStride('one bin');
  }
  const length = Math.floor(Math.floor(t.length / bins) * (1 + overlap));
  return slicesOfEvents(t, length, Math.floor(length * (1 - overlap)), bins);
}

/** SpikingJelly's split_by='number': `frames` slices of floor(N / frames) events, the last takes the rest. */
export function splitByNumber(t: Float64Array, frames: number): Slicing {
  const length = Math.floor(t.length / frames);
  return withRest(slicesOfEvents(t, length, length, frames), t, t.at(-1) ?? 0);
}

/**
 * SpikingJelly's split_by='time': `frames` slices of floor((t_last - t_first) / frames) µs, the last takes the rest.
 * (SpikingJelly fails where a slice holds no event; here it is empty.)
 */
export function splitByTime(t: Float64Array, frames: number): Slicing {
  return withRest(sliceByTimeBins(t, frames, 0), t, (t.at(-1) ?? 0) + 1);
}

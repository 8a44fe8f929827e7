import type { PageSlice } from '../pages/eventCache';
import type { PictureRule } from './pictureSettings';

/** Values per pixel, OFF then ON: [2, height, width]. */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Planes of zeros. */
export function emptyPlanes(width: number, height: number): Planes {
  return { width, height, values: new Float32Array(2 * width * height) };
}

/** Weight of each µs of age below `length`, so that no exponential is computed per event. */
const FADE_STEPS = 4096;

/** exp(-age / tau) for ages from 0 to 5 tau, in 4096 steps. */
function fadeTable(): Float32Array {
  return Float32Array.from({ length: FADE_STEPS + 1 }, (_, step) => Math.exp((-5 * step) / FADE_STEPS));
}

const FADE = fadeTable();

/** The index in the planes of an event at `place`; -1 where it lies outside. */
function indexOf(place: number, width: number, height: number): number {
  const x = place & 0xffff;
  const y = (place >>> 16) & 0x7fff;
  return x < width && y < height ? (place >>> 31) * width * height + y * width + x : -1;
}

function count({ values, width, height }: Planes, { page, begin, end }: PageSlice): void {
  const { place } = page.columns;
  for (let index = begin; index < end; index++) {
    const target = indexOf(place[index]!, width, height);
    if (target >= 0) {
      values[target]!++;
    }
  }
}

function fade(
  planes: Planes,
  { page, begin, end }: PageSlice,
  { now, tau }: PictureRule,
  latestOnly: boolean,
): void {
  const { time, place } = page.columns;
  const { values, width, height } = planes;
  const perMicrosecond = FADE_STEPS / (5 * tau);
  const nowOffset = now - page.from;
  for (let index = begin; index < end; index++) {
    const target = indexOf(place[index]!, width, height);
    const step = ((nowOffset - time[index]!) * perMicrosecond) | 0;
    if (target >= 0 && step >= 0 && step <= FADE_STEPS) {
      // Events come in time order, so the last one written is the latest.
      values[target] = latestOnly ? FADE[step]! : values[target]! + FADE[step]!;
    }
  }
}

/** Draws the events of `slices` into `planes`, which are emptied first: counts, or weights that fade with age. */
export function drawPlanes(planes: Planes, slices: readonly PageSlice[], rule: PictureRule): void {
  planes.values.fill(0);
  for (const slice of slices) {
    if (rule.kind === 'decay' || rule.kind === 'surface') {
      fade(planes, slice, rule, rule.kind === 'surface');
    } else {
      count(planes, slice);
    }
  }
}

/** Values that a full scale is found from. */
const PEAK_SAMPLE = 32_768;

/**
 * A value that makes a good full scale: few pixels are brighter.
 * @returns the 92nd percentile of the pixels that have events, at least 1.
 */
export function typicalPeak({ values }: Planes): number {
  const sample = new Float32Array(PEAK_SAMPLE);
  // A stride that is no divisor of common widths, so that every column is looked at.
  const stride = Math.max(1, Math.floor(values.length / PEAK_SAMPLE / 2) * 2 + 1);
  let count = 0;
  for (let index = 0; index < values.length && count < PEAK_SAMPLE; index += stride) {
    if (values[index]! > 0) {
      sample[count++] = values[index]!;
    }
  }
  const sorted = sample.subarray(0, count).sort();
  return Math.max(1, sorted[Math.floor(count * 0.92)] ?? 1);
}

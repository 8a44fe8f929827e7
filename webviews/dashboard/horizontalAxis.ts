import type { RunSeries, XAxis } from './runSeries';

/** How the horizontal axis is drawn: positions are multiplied by `scale` before they are shown. */
export interface HorizontalUnit {
  readonly scale: number;
  readonly title: string;
}

const MINUTES_FROM_SECONDS = 180;
const HOURS_FROM_SECONDS = 3 * 3600;

/** Seconds, minutes or hours by the length of the run; iterations and epochs as they are. */
export function horizontalUnit(run: RunSeries, axis: XAxis): HorizontalUnit {
  if (axis !== 'time') {
    return { scale: 1, title: axis };
  }
  const seconds = run.iterations.at(-1)?.elapsedSeconds ?? 0;
  if (seconds < MINUTES_FROM_SECONDS) {
    return { scale: 1, title: 'training time (s)' };
  }
  return seconds < HOURS_FROM_SECONDS
    ? { scale: 1 / 60, title: 'training time (min)' }
    : { scale: 1 / 3600, title: 'training time (h)' };
}

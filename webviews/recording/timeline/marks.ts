import type { Lane } from './lanes';

interface Timed {
  readonly t: number;
}

/** The latest sample at or before a time in µs. */
export function sampleAt<Sample extends Timed>(samples: readonly Sample[], time: number): Sample | undefined {
  let found: Sample | undefined;
  for (const sample of samples) {
    if (sample.t <= time && (!found || sample.t >= found.t)) {
      found = sample;
    }
  }
  return found;
}

/** The sample nearest to a time, at most `reach` µs away. */
export function nearestMark<Sample extends Timed>(
  samples: readonly Sample[],
  time: number,
  reach: number,
): Sample | undefined {
  let found: Sample | undefined;
  let least = reach;
  for (const sample of samples) {
    const distance = Math.abs(sample.t - time);
    if (distance <= least) {
      found = sample;
      least = distance;
    }
  }
  return found;
}

/** Where a click on a lane leads: to the frame or trigger within `reach` µs, else to its own time. */
export function snappedTime(lane: Lane | undefined, time: number, reach: number): number {
  const mark =
    lane?.kind === 'frame' || lane?.kind === 'trigger'
      ? nearestMark<Timed>(lane.samples, time, reach)
      : undefined;
  return mark?.t ?? time;
}

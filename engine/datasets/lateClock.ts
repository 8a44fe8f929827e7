import type { FrameRule } from './frameRule';
import type { FrameStore } from './frameStore';

/** Recordings that are looked at for time steps without events. */
const LOOKED_AT = 8;

/** Windows of floor(last time / T) hold all events in the first step where a clock starts far from 0 (methods.md 3.2). */
export function lateClockWarnings(train: FrameStore, { timeOrigin, timeSteps }: FrameRule): string[] {
  if (timeOrigin !== 'zero' || timeSteps < 2) {
    return [];
  }
  const batch = train.batch(
    Uint32Array.from({ length: Math.min(LOOKED_AT, train.count) }, (_, index) => index),
  );
  const later = batch.subarray(batch.length / timeSteps);
  return later.some((count) => count !== 0)
    ? []
    : [
        'all events lie in the first time step: the clock of the recordings does not begin with them; set data.events.timeOrigin to first-event where the format has it',
      ];
}

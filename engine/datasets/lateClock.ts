import { planeLength, unpackFrames } from './framePack';
import { frameLength } from './frameRule';
import { type FrameStore, placeOf } from './frameStore';

/** Recordings that are looked at for time steps without events. */
const LOOKED_AT = 8;

/** Whether a sample has events behind the first time step. */
function hasLaterEvents(store: FrameStore, sample: number): boolean {
  const { pack, recording } = placeOf(store, sample);
  const values = new Float32Array(frameLength(store.rule));
  const plane = planeLength(store.rule);
  unpackFrames(pack, recording, store.rule, { values, offset: 0, stride: plane });
  return values.subarray(plane).some((count) => count !== 0);
}

/** Windows of floor(last time / T) hold all events in the first step where a clock starts far from 0 (methods.md 3.2). */
export function lateClockWarnings(train: FrameStore): string[] {
  const { timeOrigin, timeSteps } = train.rule;
  if (timeOrigin !== 'zero' || timeSteps < 2) {
    return [];
  }
  const samples = Array.from({ length: Math.min(LOOKED_AT, train.count) }, (_, index) => index);
  return samples.some((sample) => hasLaterEvents(train, sample))
    ? []
    : [
        'all events lie in the first time step: the clock of the recordings does not begin with them; set data.events.timeOrigin to first-event where the format has it',
      ];
}

import type { MixerConfiguration } from './methodSchema';
import { progressOf, type RunPosition, samplesToReplace, slidingProbability } from './sliding';
import { drawSwitchSteps } from './timeStepMixup';

/**
 * Expected share of static frames that are replaced by event frames, in [0, 1].
 * sliding: P (methods.md 4.5); time-step: r (methods.md 6); hard-switch: 0 in the first half of the run, 1 afterwards.
 */
export function replacementProbability(mixer: MixerConfiguration, position: RunPosition): number {
  switch (mixer.kind) {
    case 'sliding':
      return slidingProbability(mixer, position);
    case 'time-step':
      return expectedMixRatio(mixer, position) ?? 0.5;
    case 'hard-switch':
      return progressOf(position, mixer.schedule) > 0.5 ? 1 : 0;
    case 'none':
      return 0;
  }
}

/** r of an iteration; undefined where every sample draws its own. */
function expectedMixRatio(mixer: MixerConfiguration, position: RunPosition): number | undefined {
  switch (mixer.ratioSchedule) {
    case 'sliding':
      return slidingProbability(mixer, position);
    case 'constant':
      return mixer.ratio;
    case 'uniform':
      return undefined;
  }
}

/**
 * From which time step on each static sequence of a batch is replaced by its event partner.
 * @returns [B], counted from 0: 0 replaces the whole sequence, T none of it.
 */
export function switchStepsOf(
  mixer: MixerConfiguration,
  position: RunPosition,
  { batch, steps, seed }: { batch: number; steps: number; seed: number },
): Int32Array {
  const { iteration } = position;
  if (mixer.kind === 'time-step') {
    const ratio = expectedMixRatio(mixer, position);
    return drawSwitchSteps({ batch, steps, law: mixer.law, ratio }, seed, iteration);
  }
  const switches = new Int32Array(batch).fill(steps);
  for (const sample of samplesToReplace(batch, replacementProbability(mixer, position), seed, iteration)) {
    switches[sample] = 0;
  }
  return switches;
}

/**
 * The rows of the static stream: a sample's static image up to its switch point, its event frames from there on.
 * @param eventRows [T, B], the rows of the event stream. @param switchSteps [B], see {@link switchStepsOf}.
 * @param firstImage row of the first sample's static image; those of the others follow.
 * @returns [T, B].
 */
export function mixedRows(
  eventRows: Int32Array,
  switchSteps: Int32Array,
  firstImage: number,
): Int32Array<ArrayBuffer> {
  const batch = switchSteps.length;
  return Int32Array.from(eventRows, (row, place) => {
    const sample = place % batch;
    return Math.floor(place / batch) < switchSteps[sample]! ? firstImage + sample : row;
  });
}

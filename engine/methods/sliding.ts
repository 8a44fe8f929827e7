import { randomStream } from '../datasets/random';
import type { MixerConfiguration } from '../training/configurationSchema';

/** Where a run stands. */
export interface RunPosition {
  /** Counts from 0. */
  readonly iteration: number;
  readonly iterations: number;
  readonly iterationsPerEpoch: number;
}

/** Share of the run that is over, in [0, 1): by iteration, or by whole epochs. */
export function progressOf(
  { iteration, iterations, iterationsPerEpoch }: RunPosition,
  schedule: 'iteration' | 'epoch',
): number {
  if (schedule === 'iteration') {
    return iteration / iterations;
  }
  return (Math.floor(iteration / iterationsPerEpoch) * iterationsPerEpoch) / iterations;
}

/**
 * Probability that a static sample is replaced by its event partner, in [0, 1] (methods.md 4.5).
 * sliding: P = min(1, progress^k); hard-switch: 0 in the first half of the run, 1 afterwards.
 */
export function replacementProbability(mixer: MixerConfiguration, position: RunPosition): number {
  const progress = progressOf(position, mixer.schedule);
  switch (mixer.kind) {
    case 'sliding':
      return Math.min(1, progress ** mixer.exponent);
    case 'hard-switch':
      return progress > 0.5 ? 1 : 0;
    case 'none':
      return 0;
  }
}

/** The samples to replace: each independently where u <= P, u uniform in [0, 1) (methods.md 4.5). */
export function samplesToReplace(
  batch: number,
  probability: number,
  seed: number,
  iteration: number,
): number[] {
  if (probability === 0) {
    return [];
  }
  const random = randomStream(seed, 'replacement', iteration);
  const draws = Array.from({ length: batch }, () => random.uniform());
  return draws.flatMap((u, sample) => (u <= probability ? [sample] : []));
}

/**
 * Overwrites the whole static sequence of the given samples by the event sequence of the same row.
 * @param statics [T, B, ...] in row-major order, changed in place. @param events the same shape.
 */
export function replaceSamples(
  statics: Float32Array,
  events: Float32Array,
  samples: readonly number[],
  { steps, batch }: { steps: number; batch: number },
): void {
  const frame = statics.length / (steps * batch);
  for (let step = 0; step < steps; step++) {
    for (const sample of samples) {
      const start = (step * batch + sample) * frame;
      statics.set(events.subarray(start, start + frame), start);
    }
  }
}

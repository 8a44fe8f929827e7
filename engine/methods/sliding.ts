import { randomStream } from '../datasets/random';
import type { MixerConfiguration } from './methodSchema';

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

/** P = min(1, (progress / reach)^k), in [0, 1] (methods.md 4.5; reach 1/2 in the older variant, 4.7). */
export function slidingProbability(
  { exponent, reach, schedule }: Pick<MixerConfiguration, 'exponent' | 'reach' | 'schedule'>,
  position: RunPosition,
): number {
  return Math.min(1, (progressOf(position, schedule) / reach) ** exponent);
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

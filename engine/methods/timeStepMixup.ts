import { type RandomStream, randomStream } from '../datasets/random';
import type { MixerConfiguration } from './methodSchema';

/** Time-step mixup of TMKT (methods.md 6): from one switch point t* on, a static sequence shows event frames. */

/** Bisections: halves [0, 1] to the spacing of float64. */
const BISECTIONS = 60;

type Law = MixerConfiguration['law'];

/** Unnormalised law of the switch point: (1 - p)^(k-1), k = 1 ... T. */
function geometricWeights(p: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, index) => (1 - p) ** index);
}

/**
 * Expected share of event frames in [0, 1] for a switch probability p per step (methods.md 6).
 *   open: (1/T) sum_t 1 - (1 - p)^t, a sequence may stay static
 *   always-switch: (1/T) sum_k (T - k + 1) (1-p)^(k-1) p / (1 - (1-p)^T)
 * @param p in [0, 1]. @param steps T.
 */
export function expectedRatio(p: number, steps: number, law: Law): number {
  const weights = geometricWeights(p, steps);
  if (law === 'open') {
    return weights.reduce((sum, weight) => sum + 1 - weight * (1 - p), 0) / steps;
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce((sum, weight, index) => sum + (steps - index) * weight, 0) / (total * steps);
}

/**
 * The switch probability p per step whose expected ratio is r, by bisection (methods.md 6).
 * @param ratio r in [0, 1]; always-switch reaches no less than (T + 1) / (2 T), where p is 0.
 * @returns p in [0, 1].
 */
export function switchProbability(ratio: number, steps: number, law: Law): number {
  if (ratio >= 1) {
    return 1;
  }
  let [low, high] = [0, 1];
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (expectedRatio(middle, steps, law) < ratio) {
      low = middle;
    } else {
      high = middle;
    }
  }
  // Below the law's reach (and at r = 0) the bisection runs into 0.
  return high < 1e-15 ? 0 : high;
}

/** t* - 1 of one sequence, in [0, T]; T where it never switches. */
function drawSwitch(p: number, steps: number, law: Law, random: RandomStream): number {
  if (law === 'open') {
    const draws = Array.from({ length: steps }, () => random.uniform());
    const first = draws.findIndex((u) => u < p);
    return first < 0 ? steps : first;
  }
  const weights = geometricWeights(p, steps);
  const target = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const first = weights.findIndex((weight) => {
    sum += weight;
    return target < sum;
  });
  return first < 0 ? steps - 1 : first;
}

/**
 * Switch points of a batch, one per sequence (methods.md 6).
 * @param ratio expected share of event frames in [0, 1]; undefined draws one per sample, uniform.
 * @returns [B], first event frame counted from 0; T where a sequence stays static.
 */
export function drawSwitchSteps(
  { batch, steps, law, ratio }: { batch: number; steps: number; law: Law; ratio: number | undefined },
  seed: number,
  iteration: number,
): Int32Array {
  const random = randomStream(seed, 'switch', iteration);
  const shared = ratio === undefined ? undefined : switchProbability(ratio, steps, law);
  return Int32Array.from({ length: batch }, () => {
    const p = shared ?? switchProbability(random.uniform(), steps, law);
    return drawSwitch(p, steps, law, random);
  });
}

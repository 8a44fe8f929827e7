import { SpikeBridgeError } from '../errors';
import type { Experiment } from './experiment';
import { NMNIST_1K } from './presets/nmnist1k';

/** Every named experiment, in the order they are listed. */
export const EXPERIMENTS: readonly Experiment[] = [NMNIST_1K];

/** @throws SpikeBridgeError (usage) that lists the names. */
export function findExperiment(name: string): Experiment {
  const found = EXPERIMENTS.find((experiment) => experiment.name === name);
  if (!found) {
    throw new SpikeBridgeError(
      'usage',
      `there is no experiment "${name}"`,
      `Choose one of: ${EXPERIMENTS.map((experiment) => experiment.name).join(', ')}.`,
    );
  }
  return found;
}

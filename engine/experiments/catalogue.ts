import { SpikeBridgeError } from '../errors';
import type { Experiment } from './experiment';
import { CEP_DVS } from './presets/cepDvs';
import { CIFAR10_DVS } from './presets/cifar10Dvs';
import { N_CALTECH101 } from './presets/nCaltech101';
import { N_CALTECH101_OLDER } from './presets/nCaltech101Older';
import { N_CALTECH101_EVENT_SHARE, N_CALTECH101_IMAGE_SHARE } from './presets/nCaltech101Shares';
import { N_MNIST } from './presets/nMnist';
import { NMNIST_1K } from './presets/nmnist1k';
import { N_OMNIGLOT } from './presets/nOmniglot';

/** Every named experiment, in the order they are listed. */
export const EXPERIMENTS: readonly Experiment[] = [
  NMNIST_1K,
  N_CALTECH101,
  N_CALTECH101_EVENT_SHARE,
  N_CALTECH101_IMAGE_SHARE,
  N_CALTECH101_OLDER,
  CEP_DVS,
  N_OMNIGLOT,
  CIFAR10_DVS,
  N_MNIST,
];

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

import { stepSupport } from '../backends/stepSupport';
import { SpikeBridgeError } from '../errors';
import { METHOD_PRESETS, type StreamName } from '../methods/methodPreset';
import { describeNetwork } from '../models/networkDescription';
import { SpikingNetwork } from '../models/spikingNetwork';
import type { Checkpoint } from '../runs/checkpoint';
import { importCoefficients, importOptimizer } from '../runs/checkpointTensors';
import type { TransferConfiguration } from './configuration';
import { Trainer } from './trainer';

/** The streams that a configuration's method trains, in order. */
export function streamsOf({ method }: TransferConfiguration): readonly StreamName[] {
  return METHOD_PRESETS[method].streams;
}

const streamCount = (configuration: TransferConfiguration) => (streamsOf(configuration).length === 2 ? 2 : 1);

/** Time steps of a batch: T, or 1 for a teacher, which has no neurons. */
export function stepsOf({ method, frames }: TransferConfiguration): number {
  return method === 'teacher' ? 1 : frames.timeSteps;
}

/** The network of a configuration with its start weights. The caller disposes it. */
export function buildNetwork(configuration: TransferConfiguration, classes: number): SpikingNetwork {
  const { network, neuron, frames, seed } = configuration;
  const description = describeNetwork(network, streamCount(configuration));
  return new SpikingNetwork({ description, neuron, sizePixels: frames.sizePixels, classes, seed });
}

/** The trainer of a configuration. The caller disposes it before the network. */
export function buildTrainer(configuration: TransferConfiguration, network: SpikingNetwork): Trainer {
  const { loss, alignment, mixer, semantic, distillation, auxiliary, optimizer } = configuration;
  return new Trainer({
    network,
    streams: streamsOf(configuration),
    steps: stepsOf(configuration),
    loss,
    alignment,
    mixer,
    semantic,
    distillation,
    auxiliary,
    optimizer,
  });
}

/** Loads a checkpoint's weights and running statistics. @throws SpikeBridgeError (checkpoint) where they do not fit. */
export function restoreNetwork(
  network: SpikingNetwork,
  checkpoint: Pick<Checkpoint, 'arrays'>,
  file: string,
): void {
  const missing = attempt(file, () => network.parameters.import(checkpoint.arrays));
  requireAll(missing, file);
}

/** Loads coefficients and AdamW's state as well, so that training continues exactly. */
export function restoreTrainer(
  trainer: Trainer,
  network: SpikingNetwork,
  checkpoint: Checkpoint,
  file: string,
): void {
  restoreNetwork(network, checkpoint, file);
  const { coefficients } = trainer;
  const hasCoefficients =
    !coefficients || attempt(file, () => importCoefficients(checkpoint.arrays, coefficients));
  const heads = trainer.auxiliaryHeads;
  requireAll(heads ? attempt(file, () => heads.parameters.import(checkpoint.arrays)) : [], file);
  const missing = attempt(file, () => importOptimizer(checkpoint.arrays, network, trainer));
  requireAll(hasCoefficients ? missing : ['coefficient', ...missing], file);
  trainer.optimizer.restoreSteps(checkpoint.optimizerSteps);
  if (checkpoint.lossScale) {
    stepSupport().lossScaling.restore?.(checkpoint.lossScale);
  }
}

function attempt<Result>(file: string, load: () => Result): Result {
  try {
    return load();
  } catch (cause) {
    throw unfit(file, cause instanceof Error ? cause.message : String(cause));
  }
}

function requireAll(missing: readonly string[], file: string): void {
  if (missing.length > 0) {
    throw unfit(file, `${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', ...' : ''} missing`);
  }
}

function unfit(file: string, what: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'checkpoint',
    `the checkpoint does not fit the configured network: ${what}`,
    'Use the checkpoint with the configuration of its own run folder.',
    { file },
  );
}

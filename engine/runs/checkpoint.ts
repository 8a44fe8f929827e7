import { readFile } from 'node:fs/promises';
import type { LossScaleState } from '../backends/stepSupport';
import { isTorchFile } from '../checkpoints/torchCheckpoint';
import { SpikeBridgeError } from '../errors';
import type { NamedArray } from '../models/parameterStore';
import { restoredConfiguration, type TransferConfiguration } from '../training/configuration';
import { writeAtomically } from './atomicWrite';
import { decodeSafetensors, encodeSafetensors } from './safetensors';

const FORMAT = 'spikebridge-checkpoint-1';

/** What a checkpoint says about itself, in the safetensors metadata. */
export interface CheckpointFacts {
  /** Iterations finished. */
  readonly iteration: number;
  readonly optimizerSteps: number;
  /** Of a GPU in f16; absent elsewhere, and in checkpoints of older versions. */
  readonly lossScale?: LossScaleState;
  /** Seconds of training so far, over all resumes. */
  readonly elapsedSeconds: number;
  /** Best and last test accuracy so far, in [0, 1]. */
  readonly bestAccuracy?: number;
  readonly lastAccuracy?: number;
  readonly classes: readonly string[];
  readonly configuration: TransferConfiguration;
}

/** A checkpoint in memory. */
export interface Checkpoint extends CheckpointFacts {
  readonly arrays: ReadonlyMap<string, NamedArray>;
}

/** Writes a checkpoint atomically. @throws SpikeBridgeError (run-folder); an older file stays. */
export async function writeCheckpoint(
  file: string,
  arrays: readonly NamedArray[],
  facts: CheckpointFacts,
): Promise<void> {
  const { iteration, ...details } = facts;
  const metadata = { format: FORMAT, iteration: String(iteration), details: JSON.stringify(details) };
  await writeAtomically(
    file,
    encodeSafetensors(new Map(arrays.map((array) => [array.name, array])), metadata),
  );
}

/** Reads a checkpoint of SpikeBridge. @throws SpikeBridgeError (checkpoint) where it is missing or damaged. */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  const bytes = await readFile(file).catch((cause) => {
    const nextStep =
      'Name a .safetensors file of a run folder; a run writes its first one when training begins.';
    throw new SpikeBridgeError('checkpoint', 'the checkpoint cannot be read', nextStep, { file }, { cause });
  });
  if (isTorchFile(bytes)) {
    throw new SpikeBridgeError(
      'checkpoint',
      'a file of PyTorch has no run configuration inside',
      'Name one: spikebridge evaluate FILE --configuration CONFIG.transfer.jsonc.',
      { file },
    );
  }
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  if (metadata.format !== FORMAT || metadata.details === undefined) {
    throw new SpikeBridgeError(
      'checkpoint',
      'a safetensors file, but not a checkpoint of SpikeBridge: it has no run configuration',
      'Name a checkpoint that "spikebridge train" wrote, or give "spikebridge evaluate" a --configuration.',
      { file },
    );
  }
  const details = JSON.parse(metadata.details) as Omit<CheckpointFacts, 'iteration'>;
  const configuration = restoredConfiguration(details.configuration, file);
  const arrays = new Map([...tensors].map(([name, tensor]) => [name, { name, ...tensor }]));
  return { ...details, configuration, iteration: Number(metadata.iteration), arrays };
}

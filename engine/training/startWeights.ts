import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { readAnyCheckpoint } from '../checkpoints/anyCheckpoint';
import { randomStream } from '../datasets/random';
import { SpikeBridgeError } from '../errors';
import { uniformValues } from '../models/parameterStore';
import type { SpikingNetwork } from '../models/spikingNetwork';
import type { StartConfiguration } from './configurationSchema';

/** Heads of a fine-tuned network are drawn from U(-0.1, 0.1) (methods.md 7.2, Baselines). */
const HEAD_BOUND = 0.1;

/** Whether a parameter belongs to a head, by its name. */
function isOfHead({ options }: SpikingNetwork, name: string): boolean {
  return options.description.heads.some(({ parameterName }) => name.startsWith(`${parameterName}.`));
}

function drawHeads(network: SpikingNetwork, seed: number): void {
  for (const [name, variable] of network.parameters.trainable()) {
    if (isOfHead(network, name)) {
      const values = uniformValues(variable.size, HEAD_BOUND, randomStream(seed, 'start', name));
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    }
  }
}

/**
 * Gives a new network the weights that its configuration starts from: another run's, or PyTorch's.
 * @param seed decides the heads where they are drawn anew.
 * @throws SpikeBridgeError (checkpoint) where the file cannot be read or is of another network.
 */
export async function startFrom(
  { checkpoint: file, parts }: StartConfiguration,
  network: SpikingNetwork,
  seed: number,
): Promise<void> {
  const arrays = await readAnyCheckpoint(file);
  const isWanted = (name: string) => parts === 'all' || !isOfHead(network, name);
  const wanted = new Map([...arrays].filter(([name]) => isWanted(name)));
  const missing = importOrRefuse(file, () => network.parameters.import(wanted)).filter(isWanted);
  if (missing.length > 0) {
    throw unfit(file, `it has no ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', ...' : ''}`);
  }
  if (parts === 'backbone') {
    drawHeads(network, seed);
  }
}

/** SHA-256 of the checkpoint that a run starts from, hexadecimal; of none: undefined. */
export async function startHash(start: StartConfiguration | undefined): Promise<string | undefined> {
  const bytes = start && (await readFile(start.checkpoint).catch(() => undefined));
  return bytes && createHash('sha256').update(bytes).digest('hex');
}

function importOrRefuse<Result>(file: string, load: () => Result): Result {
  try {
    return load();
  } catch (cause) {
    throw unfit(file, cause instanceof Error ? cause.message : String(cause));
  }
}

function unfit(file: string, what: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'checkpoint',
    `start.checkpoint does not fit the configured network: ${what}`,
    'Name a checkpoint of the same network; for one of other classes set start.parts to "backbone".',
    { file },
  );
}

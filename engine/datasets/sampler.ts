import { SpikeBridgeError } from '../errors';
import { permutation, randomStream } from './random';

/** Chooses the training recordings of every iteration. */
export interface Sampler {
  /** Recording indices of iteration `iteration` (from 0), length = batch. */
  batchAt(iteration: number): Uint32Array;
}

/**
 * Checks that a batch is not larger than the training recordings.
 * @throws SpikeBridgeError (configuration).
 */
export function checkBatchSize(count: number, batch: number): void {
  if (batch > count) {
    throw new SpikeBridgeError(
      'configuration',
      `training.batchPairs is ${batch}, but there are only ${count} training recordings`,
      `Set training.batchPairs to ${count} or less, or select more recordings in data.events.train.`,
    );
  }
}

/**
 * Draws batches without replacement: a fresh permutation each time the recordings run out; a batch may reach over
 * the border, so every batch is full (nmnist-1k.md). Any iteration is computable directly from the seed.
 * @param count training recordings.
 * @param batch recordings per iteration, at most `count`.
 * @throws SpikeBridgeError (configuration) when the batch is larger than the data.
 */
export function shuffledSampler(count: number, batch: number, seed: number): Sampler {
  checkBatchSize(count, batch);
  const permutations = new Map<number, Uint32Array>();

  function permutationOf(pass: number): Uint32Array {
    const known = permutations.get(pass);
    if (known) {
      return known;
    }
    permutations.delete(pass - 2);
    const fresh = permutation(count, randomStream(seed, 'order', pass));
    permutations.set(pass, fresh);
    return fresh;
  }

  function batchAt(iteration: number): Uint32Array {
    const start = iteration * batch;
    return Uint32Array.from({ length: batch }, (_, slot) => {
      const position = start + slot;
      return permutationOf(Math.floor(position / count))[position % count]!;
    });
  }
  return { batchAt };
}

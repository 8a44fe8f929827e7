import { SpikeBridgeError } from '../errors';
import { permutation, randomStream } from './random';
import type { LastBatch } from './samplingSchema';

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

/** Where passes over the recordings meet. */
interface PassOrder {
  /** Recordings that a pass draws. */
  readonly count: number;
  readonly batch: number;
  readonly lastBatch: LastBatch;
  /** Recording indices in the order of a pass (from 0), length `count`. */
  orderOf(pass: number): Uint32Array;
}

/** Keeps the orders of a pass and its neighbours. */
function remembered(orderOf: (pass: number) => Uint32Array): (pass: number) => Uint32Array {
  const orders = new Map<number, Uint32Array>();
  return (pass) => {
    const known = orders.get(pass);
    if (known) {
      return known;
    }
    orders.delete(pass - 2);
    const fresh = orderOf(pass);
    orders.set(pass, fresh);
    return fresh;
  };
}

function passSampler({ count, batch, lastBatch, orderOf }: PassOrder): Sampler {
  const order = remembered(orderOf);
  const batchesPerPass = Math.floor(count / batch);
  const used = lastBatch === 'drop' ? batchesPerPass * batch : count;

  function batchAt(iteration: number): Uint32Array {
    const start = iteration * batch;
    return Uint32Array.from({ length: batch }, (_, slot) => {
      const position = start + slot;
      return order(Math.floor(position / used))[position % used]!;
    });
  }
  return { batchAt };
}

/**
 * Draws batches without replacement: a fresh permutation each time the recordings run out. Any iteration is
 * computable directly from the seed.
 * @param count training recordings.
 * @param batch recordings per iteration, at most `count`.
 * @throws SpikeBridgeError (configuration) when the batch is larger than the data.
 */
export function shuffledSampler(
  count: number,
  batch: number,
  seed: number,
  lastBatch: LastBatch = 'carry',
): Sampler {
  checkBatchSize(count, batch);
  const orderOf = (pass: number) => permutation(count, randomStream(seed, 'order', pass));
  return passSampler({ count, batch, lastBatch, orderOf });
}

/** Position of the first sum above a draw. @param sums ascending; the draw is below the last one. */
function positionOf(draw: number, sums: Float64Array): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle]! > draw) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/**
 * Draws recordings with replacement, each in proportion to its weight; as many per pass as there are recordings
 * (methods.md 3.4). Any iteration is computable directly from the seed.
 * @param weights of the training recordings, positive.
 * @param batch recordings per iteration, at most as many as there are.
 * @throws SpikeBridgeError (configuration) when the batch is larger than the data.
 */
export function weightedSampler(
  weights: ArrayLike<number>,
  batch: number,
  seed: number,
  lastBatch: LastBatch = 'carry',
): Sampler {
  const count = weights.length;
  checkBatchSize(count, batch);
  let total = 0;
  const sums = Float64Array.from(weights, (weight) => {
    total += weight;
    return total;
  });

  function orderOf(pass: number): Uint32Array {
    const random = randomStream(seed, 'weighted order', pass);
    return Uint32Array.from({ length: count }, () => positionOf(random.uniform() * total, sums));
  }
  return passSampler({ count, batch, lastBatch, orderOf });
}

/**
 * The authors' weights of recordings: recordings of the whole data set / those of the class (methods.md 3.4).
 * @param labels classes of the training recordings.
 * @param classTotals recordings of each class in the whole data set, also those that do not train.
 */
export function classWeights(labels: readonly number[], classTotals: readonly number[]): Float64Array {
  const total = classTotals.reduce((sum, count) => sum + count, 0);
  return Float64Array.from(labels, (label) => total / classTotals[label]!);
}

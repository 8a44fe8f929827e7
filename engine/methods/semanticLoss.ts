import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '../backends/withGradient';
import { randomStream } from '../datasets/random';
import { linearCka } from './linearCka';
import type { SemanticConfiguration } from './methodSchema';
import { progressOf, type RunPosition } from './sliding';

/**
 * For every sample of a batch another one of a different class, uniform (methods.md 4.7).
 * @returns [B] batch indices; undefined where a sample has none.
 */
export function partnersOfOtherClass(
  labels: Int32Array,
  seed: number,
  iteration: number,
): Int32Array | undefined {
  const random = randomStream(seed, 'semantic', iteration);
  const indices = [...labels.keys()];
  const partners = new Int32Array(labels.length);
  for (const [sample, label] of labels.entries()) {
    const others = indices.filter((index) => labels[index] !== label);
    if (others.length === 0) {
      return undefined;
    }
    partners[sample] = others[random.below(others.length)]!;
  }
  return partners;
}

/**
 * mu of an iteration: the weight within [from, to) of the run, else 0 (methods.md 4.7).
 * @param replacement P of the iteration, in [0, 1].
 */
export function semanticWeight(
  { weight, from, to, scale }: SemanticConfiguration,
  position: RunPosition,
  replacement: number,
): number {
  const progress = progressOf(position, 'epoch');
  const active = progress >= from && progress < to;
  return active ? weight * (scale === 'complement' ? 1 - replacement : 1) : 0;
}

/** x where it is above the margin, else 0; so is its derivative. */
function aboveMargin(x: tf.Tensor, margin: number): tf.Scalar {
  return withGradient(x, (save) => {
    const isAbove = tf.cast(tf.greater(x, margin), 'float32');
    save([isAbove]);
    return { value: tf.mul(x, isAbove), gradFunc: (dy, [saved]) => tf.mul(dy, saved!) };
  }) as tf.Scalar;
}

/**
 * The semantic loss of the older variant (methods.md 4.7): (1/T) sum_t |CKA(m_e[t], m_s[t] of the partners)|,
 * 0 where that is not above the margin.
 * @param eventFeatures [T, B, D]. @param staticFeatures [T, B, D]. @param partners [B], see {@link partnersOfOtherClass}.
 */
export function semanticLoss(
  eventFeatures: tf.Tensor3D,
  staticFeatures: tf.Tensor3D,
  partners: Int32Array,
  margin: number,
): tf.Scalar {
  const others = tf.gather(staticFeatures, tf.tensor1d(partners, 'int32'), 1);
  const similarity = tf.mean(tf.abs(linearCka(eventFeatures, others)));
  return aboveMargin(similarity, margin);
}

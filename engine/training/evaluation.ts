import * as tf from '@tensorflow/tfjs-core';
import { fetchValues } from '../backends/fetchValues';
import { BatchMemory } from '../datasets/batchMemory';
import { classificationLoss } from '../methods/classificationLoss';
import type { LossConfiguration } from '../methods/methodSchema';
import { evaluationBatch } from '../models/memoryEstimate';
import { inputTensor, type NetworkInput } from '../models/networkInput';
import type { SpikingNetwork } from '../models/spikingNetwork';
import { predictions } from './stepMetrics';

/** Result on the test recordings. */
export interface Evaluation {
  /** Share classified right by the event head, in [0, 1]. */
  readonly accuracy: number;
  /** Mean classification loss. */
  readonly loss: number;
  readonly recordings: number;
  /** confusion[label][prediction], counts. */
  readonly confusion: readonly (readonly number[])[];
}

/** A batch of network inputs to test on. */
export interface InputBatch {
  /** [T * B, H, W, channels], ordered [time step, sample]. */
  readonly input: NetworkInput;
  /** Class per sample [B]. */
  readonly labels: Int32Array;
}

/** Labels, predictions and summed loss of one batch. */
async function evaluateBatch(
  network: SpikingNetwork,
  { input, labels }: InputBatch,
  { steps, loss, memory }: { steps: number; loss: LossConfiguration; memory: BatchMemory },
) {
  const { sizePixels, classes } = network.options;
  const count = labels.length;
  const [mean, predicted] = tf.tidy((): [tf.Scalar, tf.Tensor1D] => {
    const x = inputTensor(input, { rows: steps * count, size: sizePixels }, memory);
    const { logits } = network.forward(x, { streams: ['event'], steps, training: false });
    const oneHot = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), classes), 'float32') as tf.Tensor2D;
    return [classificationLoss(logits[0]!, oneHot, loss), predictions(logits[0]!)];
  });
  await fetchValues([mean, predicted]);
  const result = {
    predicted: predicted.dataSync().slice(),
    lossSum: (mean.dataSync()[0] as number) * count,
  };
  tf.dispose([mean, predicted]);
  return result;
}

/**
 * Evaluates the event head in evaluation mode (methods.md 4.6); yields to the event loop between batches.
 * @param batchesOf everything to test on, in batches of at most the given size.
 * @param pause awaited after each batch; throws to cancel.
 */
export async function evaluate(
  network: SpikingNetwork,
  batchesOf: (batch: number) => AsyncIterable<InputBatch>,
  {
    steps,
    loss,
    pause,
  }: { steps: number; loss: LossConfiguration; pause: (recordings: number) => Promise<void> },
): Promise<Evaluation> {
  const { classes } = network.options;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const memory = new BatchMemory();
  let recordings = 0;
  let lossSum = 0;
  const batchSize = evaluationBatch(network.options.description, {
    sizePixels: network.options.sizePixels,
    steps,
  });
  for await (const batch of batchesOf(batchSize)) {
    const result = await evaluateBatch(network, batch, { steps, loss, memory });
    batch.labels.forEach((label, index) => {
      confusion[label]![result.predicted[index]!]!++;
    });
    lossSum += result.lossSum;
    recordings += batch.labels.length;
    await pause(recordings);
  }
  const right = confusion.reduce((sum, row, label) => sum + row[label]!, 0);
  return { accuracy: right / recordings, loss: lossSum / recordings, recordings, confusion };
}

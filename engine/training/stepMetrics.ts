import * as tf from '@tensorflow/tfjs-core';
import { fetchValues } from '../backends/fetchValues';
import type { StreamName } from '../methods/methodPreset';
import type { TransferLoss } from '../methods/transferLoss';
import type { ForwardOutput } from '../models/spikingNetwork';
import type { LossParts, StreamRates } from '../runs/metricsRecord';
import type { StepMetrics } from './trainer';

/** Tensors a step wants to report; kept from tidying and disposed after reading. */
export interface ReportedTensors {
  /** By name, `total` among them. */
  readonly losses: Readonly<Record<string, tf.Tensor>>;
  readonly cka?: tf.Tensor1D;
  /** sigmoid(eta_t) [T]. */
  readonly coefficients?: tf.Tensor1D;
  /** Predicted class per sample [B] of each stream. */
  readonly predicted: readonly tf.Tensor1D[];
  readonly firingRates: ReadonlyMap<string, tf.Tensor1D>;
}

/** Keeps what a step reports of its loss and forward pass. */
export function reportedTensors(
  { total, parts, cka }: TransferLoss,
  { logits, firingRates }: ForwardOutput,
  coefficients?: tf.Tensor1D,
): ReportedTensors {
  const kept = <T extends tf.Tensor>(tensor: T): T => tf.keep(tf.clone(tensor));
  const losses = Object.entries({ total, ...parts }).map(([name, value]) => [name, kept(value)]);
  return {
    losses: Object.fromEntries(losses) as Record<string, tf.Tensor>,
    cka: cka && kept(cka),
    coefficients: coefficients && kept(coefficients),
    predicted: logits.map((each) => tf.keep(predictions(each))),
    firingRates: firingRates!,
  };
}

/** Reads the figures of a step and disposes its tensors. @param labels class per sample [B]. */
export async function readStepMetrics(
  { losses, cka, coefficients, predicted, firingRates }: ReportedTensors,
  streams: readonly StreamName[],
  labels: Int32Array,
): Promise<StepMetrics> {
  const vectors = [cka, coefficients].filter((tensor) => tensor !== undefined);
  const tensors = [...Object.values(losses), ...vectors, ...predicted, ...firingRates.values()];
  await fetchValues(tensors);
  const byStream = (values: ArrayLike<number>) => ratesByStream(values, streams);
  const lossValues = Object.entries(losses).map(([name, scalar]) => [name, scalar.dataSync()[0]]);
  const metrics: StepMetrics = {
    loss: Object.fromEntries(lossValues) as LossParts,
    batchAccuracy: byStream(predicted.map((each) => accuracyOf(each.dataSync() as Int32Array, labels))),
    ...(cka && { cka: [...cka.dataSync()] }),
    ...(coefficients && { coefficients: [...coefficients.dataSync()] }),
    firingRates: Object.fromEntries(
      [...firingRates].map(([layer, rates]) => [layer, byStream(rates.dataSync())]),
    ),
  };
  tf.dispose(tensors);
  return metrics;
}

function ratesByStream(values: ArrayLike<number>, streams: readonly StreamName[]): StreamRates {
  return Object.fromEntries(streams.map((stream, index) => [stream, values[index]])) as StreamRates;
}

/** Class with the largest mean logit over time steps (methods.md 4.6). @param logits [T, B, C]. @returns [B]. */
export function predictions(logits: tf.Tensor3D): tf.Tensor1D {
  return tf.tidy(() => tf.argMax(tf.mean(logits, 0), -1));
}

/** Share of equal entries, in [0, 1]. */
export function accuracyOf(predicted: Int32Array, labels: Int32Array): number {
  return predicted.filter((prediction, sample) => prediction === labels[sample]).length / labels.length;
}

import { expandInput, type PackedFrames } from '../../engine/datasets/packedFrames';
import type { TransferData } from '../../engine/datasets/transferData';
import { eventInput } from '../../engine/training/trainingBatch';

/** A training batch with its zeros. */
export interface DenseTrainBatch {
  /** [T, B, S, S, 2]. */
  readonly events: Float32Array<ArrayBuffer>;
  /** [T, B, S, S, 2]; absent for events-only. */
  readonly statics?: Float32Array<ArrayBuffer>;
  readonly labels: Int32Array;
  readonly partners?: Uint32Array;
}

/** The static partners of a batch at all time steps, [T, B, S, S, 2]. */
function staticsOf(packed: PackedFrames, steps: number): Float32Array<ArrayBuffer> {
  const { planes, frames } = packed;
  const rows = Int32Array.from({ length: steps * planes }, (_, row) => frames + (row % planes));
  return expandInput({ packed, rows });
}

/** The training batch of an iteration. */
export async function denseTrainBatch(data: TransferData, iteration: number): Promise<DenseTrainBatch> {
  const { packed, ...drawn } = await data.trainBatch(iteration);
  const events = expandInput(eventInput({ packed, ...drawn }, data.timeSteps));
  return { ...drawn, events, ...(packed.planes > 0 && { statics: staticsOf(packed, data.timeSteps) }) };
}

/** All batches of test recordings; events [T, B, S, S, 2]. */
export async function denseTestBatches(data: TransferData, batch: number) {
  const batches: { events: Float32Array<ArrayBuffer>; labels: Int32Array; count: number }[] = [];
  for await (const { packed, labels, count } of data.testBatches(batch)) {
    batches.push({ events: expandInput(eventInput({ packed, labels }, data.timeSteps)), labels, count });
  }
  return batches;
}

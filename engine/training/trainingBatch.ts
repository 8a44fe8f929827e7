import type { PackedInput } from '../datasets/packedFrames';
import type { TrainBatch } from '../datasets/transferData';
import type { MixerConfiguration } from '../methods/methodSchema';
import { mixedRows, switchStepsOf } from '../methods/mixer';
import type { RunPosition } from '../methods/sliding';
import type { TrainingBatch } from './trainer';

/** What decides which static frames of a batch are replaced. */
export interface MixSettings {
  readonly mixer: MixerConfiguration;
  readonly position: RunPosition;
  readonly seed: number;
  /** T. */
  readonly steps: number;
}

/** Frames [B, T] in the order of the network's rows: [T, B]. */
export function eventRows(batch: number, steps: number): Int32Array<ArrayBuffer> {
  return Int32Array.from(
    { length: steps * batch },
    (_, row) => (row % batch) * steps + Math.floor(row / batch),
  );
}

/** The event stream alone. @param steps T. */
export function eventInput(
  { packed, labels }: Pick<TrainBatch, 'packed' | 'labels'>,
  steps: number,
): PackedInput {
  return { packed, rows: eventRows(labels.length, steps) };
}

/** The network's input of an iteration: the static stream after replacement, then the event stream. */
export function mixBatch(
  { packed, labels }: TrainBatch,
  { mixer, position, seed, steps }: MixSettings,
): TrainingBatch {
  if (packed.planes === 0) {
    return { input: eventInput({ packed, labels }, steps), labels };
  }
  const switchSteps = switchStepsOf(mixer, position, { batch: labels.length, steps, seed });
  const events = eventRows(labels.length, steps);
  const statics = mixedRows(events, switchSteps, packed.frames);
  const rows = new Int32Array(2 * events.length);
  rows.set(statics);
  rows.set(events, statics.length);
  return { input: { packed, rows }, labels, switchSteps };
}

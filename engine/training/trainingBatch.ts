import type { TrainBatch } from '../datasets/transferData';
import type { MixerConfiguration } from '../methods/methodSchema';
import { replaceFrames, switchStepsOf } from '../methods/mixer';
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

/**
 * The network's input of an iteration: the static stream after replacement, then the event stream.
 * @param batch its `statics` are overwritten where frames are replaced.
 */
export function mixBatch(
  { events, statics, labels }: TrainBatch,
  { mixer, position, seed, steps }: MixSettings,
): TrainingBatch {
  if (!statics) {
    return { input: events, labels };
  }
  const switchSteps = switchStepsOf(mixer, position, { batch: labels.length, steps, seed });
  replaceFrames(statics, events, switchSteps, steps);
  return { input: joined(statics, events), labels, switchSteps };
}

/** Both, one after the other: without a copy where they lie so already, as datasets/transferData.ts makes them. */
function joined(first: Float32Array<ArrayBuffer>, second: Float32Array<ArrayBuffer>): Float32Array {
  const length = first.length + second.length;
  if (first.buffer === second.buffer && first.byteOffset + first.byteLength === second.byteOffset) {
    return new Float32Array(first.buffer, first.byteOffset, length);
  }
  const input = new Float32Array(length);
  input.set(first);
  input.set(second, first.length);
  return input;
}

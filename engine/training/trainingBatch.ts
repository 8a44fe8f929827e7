import type { TrainBatch } from '../datasets/transferData';
import { replaceSamples, samplesToReplace } from '../methods/sliding';
import type { TrainingBatch } from './trainer';

/**
 * The network's input of an iteration: the static stream after replacement, then the event stream.
 * @param batch its `statics` are overwritten where samples are replaced.
 * @param probability of replacement, in [0, 1].
 */
export function mixBatch(
  { events, statics, labels }: TrainBatch,
  {
    probability,
    seed,
    iteration,
    steps,
  }: { probability: number; seed: number; iteration: number; steps: number },
): TrainingBatch {
  if (!statics) {
    return { input: events, labels };
  }
  const samples = samplesToReplace(labels.length, probability, seed, iteration);
  replaceSamples(statics, events, samples, { steps, batch: labels.length });
  const input = new Float32Array(statics.length + events.length);
  input.set(statics);
  input.set(events, statics.length);
  return { input, labels };
}

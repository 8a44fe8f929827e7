import type { TransferConfigurationInput } from '../training/configurationSchema';

/** CKA and the semantic loss compare pairs. */
const LEAST_BATCH = 2;

/** A count scaled and rounded, at least `least`; an absent one stays absent. */
function scaled(count: number | undefined, factor: number, least = 1): number | undefined {
  return count === undefined ? undefined : Math.max(least, Math.round(count * factor));
}

/** Object without its undefined values, so that defaults apply. */
function defined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Value;
}

/**
 * A shorter run for trials: length, warm-up, decay, batch and training recordings are scaled; the learning rate is
 * not. Evaluations of a run given in epochs stay as they are: an epoch has about as many iterations as before.
 * @param factor in (0, 1]; 1 changes nothing.
 */
export function shrunk(
  configuration: TransferConfigurationInput,
  factor: number,
): TransferConfigurationInput {
  if (factor === 1) {
    return configuration;
  }
  const { training = {}, optimizer = {}, data } = configuration;
  const { iterations, epochs, evaluateEvery, checkpointEvery, batchPairs } = training;
  const perEpoch = epochs === undefined ? factor : 1;
  return {
    ...configuration,
    training: defined({
      ...training,
      iterations: scaled(iterations, factor),
      epochs: scaled(epochs, factor),
      evaluateEvery: scaled(evaluateEvery, perEpoch),
      checkpointEvery: scaled(checkpointEvery, perEpoch),
      batchPairs: scaled(batchPairs, factor, LEAST_BATCH),
    }),
    optimizer: defined({
      ...optimizer,
      warmup: scaled(optimizer.warmup, factor, 0),
      decayEvery: scaled(optimizer.decayEvery, factor),
    }),
    data: { ...data, events: fewerRecordings(data.events, factor) },
  };
}

type EventData = TransferConfigurationInput['data']['events'];

function fewerRecordings(events: EventData, factor: number): EventData {
  return {
    ...events,
    ...(events.train && {
      train: events.train.map((selection) =>
        defined({ ...selection, perClass: scaled(selection.perClass, factor) }),
      ),
    }),
  };
}

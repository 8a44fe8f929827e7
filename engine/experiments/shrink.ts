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
 * @param recordingsPerClass of the whole data set, where a trial takes a share of them.
 */
export function shrunk(
  configuration: TransferConfigurationInput,
  factor: number,
  recordingsPerClass?: number,
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
    data: fewerSamples(data, factor, recordingsPerClass),
  };
}

type DataInput = TransferConfigurationInput['data'];

/** Fewest recordings of a class that every rule of a split divides into training and test recordings. */
const LEAST_PER_CLASS = 5;

/** A share of the recordings of each class and, where the data set is large, of its images. */
function fewerSamples(data: DataInput, factor: number, recordingsPerClass?: number): DataInput {
  const { events, images } = data;
  const perClass = scaled(recordingsPerClass, factor, LEAST_PER_CLASS);
  if (events.format === 'n-mnist') {
    return { ...data, events: { ...events, ...fewerSelections(events, factor, perClass) } };
  }
  return perClass === undefined
    ? data
    : { ...data, events: { ...events, perClass }, ...(images && { images: { ...images, perClass } }) };
}

type Selections = Extract<DataInput['events'], { format: 'n-mnist' }>;

/** N-MNIST chooses recordings in two lists; of those without a number of their own, `perClass` are taken. */
function fewerSelections(
  { train = [{ split: 'Train' }], test = [{ split: 'Test' }] }: Selections,
  factor: number,
  perClass: number | undefined,
): Pick<Selections, 'train' | 'test'> {
  const fewer = (selections: typeof train) =>
    selections.map((selection) =>
      defined({ ...selection, perClass: scaled(selection.perClass, factor) ?? perClass }),
    );
  return { train: fewer(train), test: fewer(test) };
}

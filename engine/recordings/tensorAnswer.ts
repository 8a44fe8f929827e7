import { SpikeBridgeError } from '../errors';
import { bilinearResize } from '../events/bilinearResize';
import { type EventBatch, joinBatches, type SensorSize } from '../events/eventBatch';
import { type EventTensor, requireTensorSize } from '../events/representations/eventTensor';
import { checkRepresentation, computeRepresentation } from '../events/representations/representations';
import type { TensorAnswer, TensorQuery } from '../protocol/recordingProtocol';
import type { FilteredEvents } from './filteredEvents';
import { throwIfAborted } from './timeAccess';

const MOST_EVENTS = 8_000_000;

async function collect(
  filtered: FilteredEvents,
  query: TensorQuery,
  signal: AbortSignal,
): Promise<EventBatch> {
  const batches: EventBatch[] = [];
  let count = 0;
  for await (const batch of filtered.batches(query, query.chain, signal)) {
    throwIfAborted(signal);
    count += batch.t.length;
    if (count > MOST_EVENTS) {
      throw new SpikeBridgeError(
        'usage',
        `the range has more than ${MOST_EVENTS.toLocaleString('en')} events`,
        'Set the IN and OUT marks around the part that the network gets.',
      );
    }
    batches.push(batch);
  }
  return joinBatches(batches);
}

/** Resizes each plane as training does: bilinear, corners aligned. */
function resized({ data, shape, steps }: EventTensor, size: number): EventTensor {
  const [length, channels, height, width] = shape;
  if (size === 0 || (height === size && width === size)) {
    return { data, shape, steps };
  }
  const resizedShape = [length, channels, size, size] as const;
  requireTensorSize(resizedShape);
  const output = { width: size, height: size };
  const { apply } = bilinearResize({ input: { width, height }, output, channels: 1 }, 'align-corners');
  const target = new Float32Array(length * channels * size * size);
  for (let plane = 0; plane < length * channels; plane++) {
    apply(data, plane * height * width, target, plane * size * size);
  }
  return { data: target, shape: resizedShape, steps };
}

/**
 * Answers a question for the network's input.
 * @throws SpikeBridgeError (usage) for settings that do not fit, more than 8 million events or more than 1 GiB.
 */
export async function answerTensor(
  filtered: FilteredEvents,
  sensor: SensorSize,
  query: TensorQuery,
  signal: AbortSignal,
): Promise<TensorAnswer> {
  checkRepresentation(query.representation);
  const events = await collect(filtered, query, signal);
  // Nothing is heard while the tensor is computed: a question that was withdrawn meanwhile is dropped here.
  await new Promise<void>((resolve) => setImmediate(resolve));
  throwIfAborted(signal);
  const tensor = resized(computeRepresentation(events, sensor, query.representation), query.sizePixels);
  return { values: tensor.data, shape: tensor.shape, steps: tensor.steps };
}

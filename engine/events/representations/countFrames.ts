import type { EventBatch, SensorSize } from '../eventBatch';
import { addCounts, POLARITY_CHANNELS } from '../frames';
import type { EventSlice, Slicing } from './eventSlices';
import { type EventTensor, requireTensorSize, type TensorStep, zeroTensor } from './eventTensor';

/** The time and number of events of each slice. */
export function stepsOf(slices: readonly EventSlice[]): TensorStep[] {
  return slices.map(({ begin, end, start, stop }) => ({
    start,
    end: stop,
    events: Math.max(0, end - begin),
  }));
}

/**
 * Event counts per slice, polarity and pixel.
 * @returns [T, 2, height, width].
 * @throws SpikeBridgeError (usage) where the tensor would be too large.
 */
export function countFrames(events: EventBatch, slicing: Slicing, sensor: SensorSize): EventTensor {
  const shape = [slicing.count, POLARITY_CHANNELS, sensor.height, sensor.width] as const;
  requireTensorSize(shape);
  const slices = slicing.slices();
  const tensor = zeroTensor(shape, () => stepsOf(slices));
  addCounts(tensor.data, events, slices, sensor, 'channels-first');
  return tensor;
}

/** The tensor with every value above zero as 1. */
export function binary(tensor: EventTensor): EventTensor {
  return { ...tensor, data: tensor.data.map((value) => (value > 0 ? 1 : 0)) };
}

import { SpikeBridgeError } from '../../errors';

/** Which time a step of a tensor stands for. */
export interface TensorStep {
  /** µs, inclusive. For slices of a number of events: the first event's time. */
  readonly start: number;
  /** µs, exclusive for slices of time; for slices of a number of events the last event's time. */
  readonly end: number;
  /** Events that went into the step. */
  readonly events: number;
}

/** What a network is given. */
export interface EventTensor {
  /** In the order of `shape`, the last axis fastest. */
  readonly data: Float32Array;
  /**
   * [T, 2, height, width] with channel 0 = OFF, 1 = ON. ToVoxelGrid has one channel (ON positive, OFF negative);
   * ToAveragedTimesurface has [cells, 2, surface_size, surface_size].
   */
  readonly shape: readonly [number, number, number, number];
  /** One per index of the first axis (for cells: the whole recording each). */
  readonly steps: readonly TensorStep[];
}

/** Largest tensor: 1 GiB. */
const MAX_VALUES = 2 ** 28;

/**
 * A tensor of zeros.
 * @throws SpikeBridgeError (usage) where it would take more than 1 GiB.
 */
export function zeroTensor(shape: EventTensor['shape'], steps: readonly TensorStep[]): EventTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  if (length > MAX_VALUES) {
    throw new SpikeBridgeError(
      'usage',
      `a tensor of ${shape.join(' x ')} values would take more than 1 GiB`,
      'Choose fewer or longer steps, a shorter time range, or a region of interest.',
    );
  }
  return { data: new Float32Array(length), shape, steps };
}

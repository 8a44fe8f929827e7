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
/** Each step is an object of its own beside its values. */
const MAX_STEPS = 2 ** 20;
const GIBIBYTE = 2 ** 30;

function refuse(shape: EventTensor['shape'], why: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'usage',
    `a tensor of ${shape.join(' x ')} values ${why}`,
    'Choose fewer or longer steps, a shorter time range, or a region of interest.',
  );
}

/**
 * To be called before anything of this shape is built.
 * @throws SpikeBridgeError (usage) where a tensor would take more than 1 GiB, or have more than 2^20 steps.
 */
export function requireTensorSize(shape: EventTensor['shape']): void {
  const length = shape.reduce((product, size) => product * size, 1);
  if (length > MAX_VALUES) {
    const taken = ((length * Float32Array.BYTES_PER_ELEMENT) / GIBIBYTE).toPrecision(3);
    throw refuse(shape, `would take more than 1 GiB: ${Number(taken).toLocaleString('en')} GiB`);
  }
  if (shape[0] > MAX_STEPS) {
    throw refuse(shape, `would have more than ${MAX_STEPS.toLocaleString('en')} steps`);
  }
}

/**
 * A tensor of zeros.
 * @param steps is called when the size is known to be possible.
 * @throws SpikeBridgeError (usage) as {@link requireTensorSize} does.
 */
export function zeroTensor(shape: EventTensor['shape'], steps: () => readonly TensorStep[]): EventTensor {
  requireTensorSize(shape);
  const length = shape.reduce((product, size) => product * size, 1);
  return { data: new Float32Array(length), shape, steps: steps() };
}

import { SpikeBridgeError } from '../errors';
import { bilinearResize } from '../events/bilinearResize';
import { type EventBatch, type SensorSize, sortedByTime } from '../events/eventBatch';
import { addCounts, countEvents, POLARITY_CHANNELS } from '../events/frames';
import { timeWindows } from '../events/timeWindows';
import type { FrameRule } from './frameRule';
import { frequencyFrames } from './frequencyFrames';

/** A sensor of more pixels is no camera's: coordinates that reach so far are damage. */
const MOST_PIXELS = 2 ** 22;

function leastOf(values: Uint16Array): number {
  return values.reduce((least, value) => Math.min(least, value), 0xffff);
}

function reduced<Values extends Uint16Array | Float64Array>(values: Values, by: number): Values {
  return by === 0 ? values : (values.map((value) => value - by) as Values);
}

/** The events with the smallest x and y at 0 (N-Caltech101, methods.md 3.1). */
function fromMinimum(events: EventBatch): EventBatch {
  return { ...events, x: reduced(events.x, leastOf(events.x)), y: reduced(events.y, leastOf(events.y)) };
}

/** W = max x + 1, H = max y + 1 (methods.md 3.2, step 1). */
function extentOf({ x, y }: EventBatch): SensorSize {
  const most = (values: Uint16Array) => values.reduce((largest, value) => Math.max(largest, value), 0);
  return { width: most(x) + 1, height: most(y) + 1 };
}

function requireSensor(sensor: SensorSize, file: string): SensorSize {
  if (sensor.width * sensor.height > MOST_PIXELS) {
    throw new SpikeBridgeError(
      'data',
      `events reach to ${sensor.width} x ${sensor.height} pixels, which no event camera has: the recording is damaged`,
      'Replace the file with a fresh copy from the data set.',
      { file },
    );
  }
  return sensor;
}

function placed(events: EventBatch, { fromMinimum: moves, timeOrigin }: FrameRule): EventBatch {
  const sorted = sortedByTime(events);
  const moved = moves ? fromMinimum(sorted) : sorted;
  return timeOrigin === 'first-event' ? { ...moved, t: reduced(moved.t, moved.t[0] ?? 0) } : moved;
}

/** Counts of one step at a time, resized: a large sensor takes memory once, not T times. [T, S, S, 2] */
function resizedCounts(events: EventBatch, { timeSteps, size }: FrameRule, sensor: SensorSize): Float32Array {
  const output = { width: size, height: size };
  const resize = bilinearResize({ input: sensor, output, channels: POLARITY_CHANNELS }, 'align-corners');
  const counts = new Float32Array(sensor.width * sensor.height * POLARITY_CHANNELS);
  const frames = new Float32Array(timeSteps * size * size * POLARITY_CHANNELS);
  for (const [step, window] of timeWindows(events.t, timeSteps).entries()) {
    counts.fill(0);
    addCounts(counts, events, [window], sensor, 'channels-last');
    resize.apply(counts, 0, frames, step * size * size * POLARITY_CHANNELS);
  }
  return frames;
}

/**
 * Frames of one sample (methods.md 3.2). Both polarities have their channel also where a sample has one polarity only
 * (ours: the authors' code would make one channel and fail).
 * @param events at least one.
 * @param file named in errors only.
 * @returns [T, S, S, 2]; whole counts where nothing is resized.
 * @throws SpikeBridgeError (data) where the events fit no sensor, or last too short a time.
 */
export function framesOfEvents(
  events: EventBatch,
  rule: FrameRule,
  file: string,
): Uint32Array | Float32Array {
  const { timeSteps, size } = rule;
  const sample = placed(events, rule);
  const sensor = requireSensor(rule.sensor ?? extentOf(sample), file);
  if (rule.kind === 'frequency') {
    return frequencyFrames(sample, rule, sensor, file);
  }
  return sensor.width === size && sensor.height === size
    ? countEvents(sample, timeSteps, sensor)
    : resizedCounts(sample, rule, sensor);
}

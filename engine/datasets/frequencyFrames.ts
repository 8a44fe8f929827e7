import { SpikeBridgeError } from '../errors';
import { bilinearResize } from '../events/bilinearResize';
import type { EventBatch, SensorSize } from '../events/eventBatch';
import { POLARITY_CHANNELS } from '../events/frames';
import { lowerBound } from '../events/lowerBound';
import type { EventRange } from '../events/timeWindows';
import type { FrameRule } from './frameRule';
import { roundToHalf } from './halfPrecision';

/** The part of the 346 x 260 sensor that the drawings fill: rows 4 to 253, columns 54 to 303 (methods.md 3.2). */
const CROP = { row: 4, column: 54, width: 250, height: 250 };
/** Least divisor of the normalisation. Active: one event in a long window gives less (methods.md 3.2). */
const FLOOR = roundToHalf(1e-5);

/** Windows of dt µs; the last takes the rest, but is empty where no event lies in its own dt µs, as in the source. */
function windowsOf(t: Float64Array, steps: number, dt: number): EventRange[] {
  return Array.from({ length: steps }, (_, step) => {
    const begin = lowerBound(t, step * dt);
    const end = lowerBound(t, (step + 1) * dt);
    return { begin, end: step === steps - 1 && end > begin ? t.length : end };
  });
}

/** One step's values [height, width, 2] on the sensor, and which of them are not zero. */
interface SparsePlane {
  readonly values: Float32Array;
  readonly touched: number[];
}

/** Counts the events of a window. */
function countInto({ values, touched }: SparsePlane, events: EventBatch, slice: EventRange, width: number) {
  const { x, y, polarity } = events;
  for (let index = slice.begin; index < slice.end; index++) {
    const place = (y[index]! * width + x[index]!) * POLARITY_CHANNELS + polarity[index]!;
    if (values[place] === 0) {
      touched.push(place);
    }
    values[place]!++;
  }
}

/** Counts over time as float16, then each polarity divided by its largest value, float16 as NumPy divides them. */
function toFrequencies({ values, touched }: SparsePlane, duration: number): void {
  const largest = [0, 0];
  for (const place of touched) {
    const rate = roundToHalf(values[place]! / duration);
    values[place] = rate;
    largest[place % 2] = Math.max(largest[place % 2]!, rate);
  }
  const divisors = largest.map((value) => (value > 1e-5 ? value : FLOOR));
  for (const place of touched) {
    values[place] = roundToHalf(Math.fround(values[place]! / divisors[place % 2]!));
  }
}

/** Place in the crop [250, 250, 2] of a place on the sensor; undefined outside. */
function placeInCrop(place: number, width: number): number | undefined {
  const pixel = Math.floor(place / POLARITY_CHANNELS);
  const row = Math.floor(pixel / width) - CROP.row;
  const column = (pixel % width) - CROP.column;
  const isInside = row >= 0 && row < CROP.height && column >= 0 && column < CROP.width;
  return isInside ? (row * CROP.width + column) * POLARITY_CHANNELS + (place % POLARITY_CHANNELS) : undefined;
}

/** Moves the values into the crop and leaves zeros. */
function moveToCrop({ values, touched }: SparsePlane, crop: Float32Array, width: number): void {
  crop.fill(0);
  for (const place of touched) {
    const target = placeInCrop(place, width);
    if (target !== undefined) {
      crop[target] = values[place]!;
    }
    values[place] = 0;
  }
  touched.length = 0;
}

function requireDuration(last: number, steps: number, file: string): void {
  if (last <= steps) {
    throw new SpikeBridgeError(
      'data',
      `the events of a sample last ${last} µs, too short for ${steps} time steps`,
      'Check the times in the .csv file beside the recording, or replace both.',
      { file },
    );
  }
}

/**
 * Frames by the rule of N-Omniglot, type "frequency" (methods.md 3.2): with t from the first event on and
 * dt = floor(t_last / T), counts per window and polarity divided by dt (the last window by dt + t_last mod T) as
 * float16, then by the largest value of the frame's polarity, at least 1e-5; crop; resize.
 * @param events in time order, times from 0.
 * @param sensor at least 304 x 254 pixels; all events lie on it.
 * @returns [T, S, S, 2] in [0, 1].
 * @throws SpikeBridgeError (data) where the events last T µs or less.
 */
export function frequencyFrames(
  events: EventBatch,
  { timeSteps, size }: FrameRule,
  sensor: SensorSize,
  file: string,
): Float32Array {
  const last = events.t.at(-1) ?? 0;
  requireDuration(last, timeSteps, file);
  const dt = Math.floor(last / timeSteps);
  const plane = { values: new Float32Array(sensor.width * sensor.height * POLARITY_CHANNELS), touched: [] };
  const crop = new Float32Array(CROP.width * CROP.height * POLARITY_CHANNELS);
  const output = { width: size, height: size };
  // Without antialiasing, as torchvision resized tensors then.
  const resize = bilinearResize({ input: CROP, output, channels: POLARITY_CHANNELS }, 'half-pixel');
  const frames = new Float32Array(timeSteps * size * size * POLARITY_CHANNELS);
  for (const [step, slice] of windowsOf(events.t, timeSteps, dt).entries()) {
    countInto(plane, events, slice, sensor.width);
    toFrequencies(plane, step < timeSteps - 1 ? dt : dt + (last % timeSteps));
    moveToCrop(plane, crop, sensor.width);
    resize.apply(crop, 0, frames, step * size * size * POLARITY_CHANNELS);
  }
  return frames;
}

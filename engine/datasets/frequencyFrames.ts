import { SpikeBridgeError } from '../errors';
import { bilinearResize } from '../events/bilinearResize';
import type { EventBatch, SensorSize } from '../events/eventBatch';
import { addCounts, POLARITY_CHANNELS } from '../events/frames';
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

/** Counts over time as float16, in place. @returns the largest value of each polarity. */
function toRates(frame: Float32Array, divisor: number): [number, number] {
  const largest: [number, number] = [0, 0];
  for (let index = 0; index < frame.length; index++) {
    if (frame[index] !== 0) {
      const rate = roundToHalf(frame[index]! / divisor);
      frame[index] = rate;
      largest[index % 2 === 0 ? 0 : 1] = Math.max(largest[index % 2]!, rate);
    }
  }
  return largest;
}

/** Divides each polarity of a frame by its largest value; float16 as NumPy divides them. */
function normalise(frame: Float32Array, largest: readonly [number, number]): void {
  const divisors = largest.map((value) => (value > 1e-5 ? value : FLOOR));
  for (let index = 0; index < frame.length; index++) {
    if (frame[index] !== 0) {
      frame[index] = roundToHalf(Math.fround(frame[index]! / divisors[index % 2]!));
    }
  }
}

/** Crop, then bilinear resize with half-pixel centres and without antialiasing. */
function cropAndResize(frames: Float32Array, steps: number, sensor: SensorSize, size: number): Float32Array {
  const resize = bilinearResize(
    { input: CROP, output: { width: size, height: size }, channels: POLARITY_CHANNELS },
    'half-pixel',
  );
  const plane = size * size * POLARITY_CHANNELS;
  const rowLength = CROP.width * POLARITY_CHANNELS;
  const cropped = new Float32Array(CROP.height * rowLength);
  const resized = new Float32Array(steps * plane);
  for (let step = 0; step < steps; step++) {
    for (let row = 0; row < CROP.height; row++) {
      const pixel = (step * sensor.height + row + CROP.row) * sensor.width + CROP.column;
      const start = pixel * POLARITY_CHANNELS;
      cropped.set(frames.subarray(start, start + rowLength), row * rowLength);
    }
    resize.apply(cropped, 0, resized, step * plane);
  }
  return resized;
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
 * @param sensor at least 304 x 254 pixels.
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
  const frames = new Float32Array(timeSteps * sensor.width * sensor.height * POLARITY_CHANNELS);
  addCounts(frames, events, windowsOf(events.t, timeSteps, dt), sensor, 'channels-last');
  const plane = frames.length / timeSteps;
  for (let step = 0; step < timeSteps; step++) {
    const frame = frames.subarray(step * plane, (step + 1) * plane);
    const divisor = step < timeSteps - 1 ? dt : dt + (last % timeSteps);
    normalise(frame, toRates(frame, divisor));
  }
  return cropAndResize(frames, timeSteps, sensor, size);
}

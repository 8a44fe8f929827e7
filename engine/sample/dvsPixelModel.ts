import { type RandomStream, randomStream } from '../datasets/random';
import type { EventBatch, SensorSize } from '../events/eventBatch';
import { type EventRecorder, eventRecorder } from './eventRecorder';

/** Parameters of the pixel model. */
export interface DvsParameters {
  /** Mean step of log intensity (natural logarithm) that makes an ON event. */
  readonly onThreshold: number;
  /** Mean step of log intensity (natural logarithm) that makes an OFF event. */
  readonly offThreshold: number;
  /** Standard deviation of the thresholds over the pixels, as a share of the mean. */
  readonly thresholdSpread: number;
  /** Dead time of a pixel after an event in µs; its reference follows the light until the end of it. */
  readonly refractoryMicroseconds: number;
  /** Slow drift of the reference, in ON events per second and pixel at constant light. */
  readonly leakPerSecond: number;
  /** Background activity in events per second and pixel, both polarities alike. */
  readonly noisePerSecond: number;
  /** Simulation step in µs; crossing times are interpolated inside a step. */
  readonly stepMicroseconds: number;
}

/** Parameters whose recordings have about N-MNIST's event count, balance, rate profile and intervals. */
export const NMNIST_LIKE: DvsParameters = {
  onThreshold: 0.25,
  offThreshold: 0.25,
  thresholdSpread: 0.25,
  refractoryMicroseconds: 1700,
  leakPerSecond: 0.1,
  noisePerSecond: 0.4,
  stepMicroseconds: 1000,
};

/** A scene: writes the log intensity of every pixel [height, width] at a time in µs. */
export type Scene = (time: number, logIntensity: Float64Array) => void;

/** A sensor with the fixed pattern of its pixels' thresholds. */
export interface DvsSensor {
  /**
   * Simulates a recording from 0 to `duration` µs.
   * @param noise decides the background activity.
   * @returns events in time order.
   */
  record(scene: Scene, duration: number, noise: RandomStream): EventBatch;
}

/** Per-pixel thresholds: normal around the mean, never below a fifth of it. */
function drawThresholds(count: number, mean: number, spread: number, random: RandomStream): Float64Array {
  return Float64Array.from({ length: count }, () => mean * Math.max(0.2, 1 + spread * random.normal()));
}

/** State of one simulated recording. */
interface PixelState {
  readonly on: Float64Array;
  readonly off: Float64Array;
  /** Log intensity each pixel compares with. */
  readonly reference: Float64Array;
  /** Time in µs from which each pixel can fire, and at which it takes its reference; -1 at the start. */
  readonly armedAt: Float64Array;
}

/** One step of light for one pixel: log intensity moves linearly from `from` to `to`. */
interface LightStep {
  readonly begin: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** 1 = ON, 0 = OFF, undefined where the light is within both thresholds of the reference. */
function polarityOf({ on, off, reference }: PixelState, pixel: number, light: number): 0 | 1 | undefined {
  const change = light - reference[pixel]!;
  if (change >= on[pixel]!) {
    return 1;
  }
  return change <= -off[pixel]! ? 0 : undefined;
}

/** Fires the events of one pixel in one step (a few at most: each starts a refractory time). */
function firePixel(
  state: PixelState,
  pixel: number,
  { begin, end, from, to }: LightStep,
  refractory: number,
  emit: (time: number, polarity: number) => void,
): void {
  const lightAt = (time: number) => from + ((time - begin) / (end - begin)) * (to - from);
  const { on, off, reference, armedAt } = state;
  while (armedAt[pixel]! < end) {
    const armed = armedAt[pixel]!;
    if (armed >= begin) {
      reference[pixel] = lightAt(armed);
    }
    const polarity = polarityOf(state, pixel, to);
    if (polarity === undefined) {
      return;
    }
    const threshold = reference[pixel]! + (polarity === 1 ? on[pixel]! : -off[pixel]!);
    const crossing = to === from ? begin : begin + ((threshold - from) / (to - from)) * (end - begin);
    const time = Math.max(begin, armed, Math.min(crossing, end));
    emit(time, polarity);
    armedAt[pixel] = time + refractory;
  }
}

/** Adds background events: per pixel a Poisson process of constant rate. */
function addNoise(
  recorder: EventRecorder,
  sensor: SensorSize,
  ratePerSecond: number,
  duration: number,
  random: RandomStream,
): void {
  if (ratePerSecond <= 0) {
    return;
  }
  const pixels = sensor.width * sensor.height;
  const meanInterval = 1e6 / (ratePerSecond * pixels);
  let time = -Math.log(1 - random.uniform()) * meanInterval;
  while (time < duration) {
    const pixel = random.below(pixels);
    recorder.add(time, pixel % sensor.width, Math.floor(pixel / sensor.width), random.below(2));
    time -= Math.log(1 - random.uniform()) * meanInterval;
  }
}

/**
 * Makes a sensor of DVS pixels: a pixel fires when its log intensity has moved by its own ON or OFF threshold from
 * the reference, then is dead for the refractory time and takes the light at its end as the new reference
 * (Lichtsteiner et al. 2008). The seed decides the threshold pattern.
 */
export function dvsSensor(sensor: SensorSize, parameters: DvsParameters, seed: number): DvsSensor {
  const pixels = sensor.width * sensor.height;
  const { onThreshold, offThreshold, thresholdSpread, refractoryMicroseconds, stepMicroseconds } = parameters;
  const on = drawThresholds(pixels, onThreshold, thresholdSpread, randomStream(seed, 'on-thresholds'));
  const off = drawThresholds(pixels, offThreshold, thresholdSpread, randomStream(seed, 'off-thresholds'));
  const leakPerStep = (parameters.leakPerSecond * onThreshold * stepMicroseconds) / 1e6;

  function record(scene: Scene, duration: number, noise: RandomStream): EventBatch {
    const recorder = eventRecorder();
    let before = new Float64Array(pixels);
    let after = new Float64Array(pixels);
    scene(0, before);
    // Real pixels start anywhere between two events, not all at a fresh reference.
    const reference = before.map(
      (light, pixel) => light + (noise.uniform() - 0.5) * Math.min(on[pixel]!, off[pixel]!),
    );
    const state: PixelState = { on, off, reference, armedAt: new Float64Array(pixels).fill(-1) };
    for (let begin = 0; begin < duration; begin += stepMicroseconds) {
      const end = Math.min(duration, begin + stepMicroseconds);
      scene(end, after);
      for (let pixel = 0; pixel < pixels; pixel++) {
        reference[pixel]! -= leakPerStep;
        const from = before[pixel]!;
        const to = after[pixel]!;
        const ready = state.armedAt[pixel]! < begin;
        if (ready && polarityOf(state, pixel, to) === undefined) {
          continue;
        }
        firePixel(state, pixel, { begin, end, from, to }, refractoryMicroseconds, (time, polarity) =>
          recorder.add(time, pixel % sensor.width, Math.floor(pixel / sensor.width), polarity),
        );
      }
      [before, after] = [after, before];
    }
    addNoise(recorder, sensor, parameters.noisePerSecond, duration, noise);
    return recorder.finish();
  }
  return { record };
}

import assert from 'node:assert/strict';
import { randomStream } from '../../../engine/datasets/random';
import type { EventBatch } from '../../../engine/events/eventBatch';
import { type DvsParameters, dvsSensor, type Scene } from '../../../engine/sample/dvsPixelModel';
import {
  nmnistSaccades,
  RECORDING_MICROSECONDS,
  SACCADE_MICROSECONDS,
} from '../../../engine/sample/saccades';
import { recordingRig } from '../../../engine/sample/simulateRecording';

const PIXEL = { width: 1, height: 1 };
const QUIET: DvsParameters = {
  onThreshold: 0.2,
  offThreshold: 0.4,
  thresholdSpread: 0,
  refractoryMicroseconds: 0,
  leakPerSecond: 0,
  noisePerSecond: 0,
  stepMicroseconds: 1000,
};
/** A stream of the middle of every range: pixels start exactly at their reference. */
const CENTRED = { uniform: () => 0.5, below: () => 0, normal: () => 0 };

function record(
  scene: (time: number) => number,
  duration: number,
  change: Partial<DvsParameters> = {},
): EventBatch {
  const light: Scene = (time, logIntensity) => logIntensity.fill(scene(time));
  return dvsSensor(PIXEL, { ...QUIET, ...change }, 1).record(light, duration, CENTRED);
}

describe('DVS pixel model', () => {
  it('fires ON at every threshold of rising light, at the interpolated time', () => {
    const { t, polarity } = record((time) => time / 100_000, 70_000);
    assert.deepEqual([...t], [20_000, 40_000, 60_000]);
    assert.deepEqual([...polarity], [1, 1, 1]);
  });

  it('fires OFF at its own threshold', () => {
    const { t, polarity } = record((time) => -time / 100_000, 90_000);
    assert.deepEqual([...t], [40_000, 80_000]);
    assert.deepEqual([...polarity], [0, 0]);
  });

  it('is silent in constant light', () => {
    assert.equal(record(() => 3, 100_000).t.length, 0);
  });

  it('takes the light at the end of the refractory time as the new reference', () => {
    const { t } = record((time) => time / 100_000, 100_000, { refractoryMicroseconds: 5500 });
    assert.deepEqual([...t], [20_000, 45_500, 71_000, 96_500]);
  });

  it('keeps two events of a pixel at least the refractory time apart', () => {
    const { t } = record((time) => 4 * Math.sin(time / 3000), 200_000, { refractoryMicroseconds: 1700 });
    assert.ok(t.length > 20);
    assert.ok(t.every((time, index) => index === 0 || time - t[index - 1]! >= 1699));
  });

  it('leaks ON events in constant light at the given rate', () => {
    const { t, polarity } = record(() => 0, 1_050_000, { leakPerSecond: 10 });
    assert.equal(t.length, 10);
    assert.ok(polarity.every((each) => each === 1));
  });

  it('adds background events at the given rate', () => {
    const sensor = dvsSensor({ width: 20, height: 20 }, { ...QUIET, noisePerSecond: 5 }, 1);
    const dark: Scene = (_, logIntensity) => logIntensity.fill(0);
    const { t, x, polarity } = sensor.record(dark, 2_000_000, randomStream(1, 'noise'));
    assert.ok(Math.abs(t.length - 4000) < 250, String(t.length));
    assert.ok(Math.abs(polarity.reduce((sum, each) => sum + each, 0) / t.length - 0.5) < 0.04);
    assert.equal(new Set(x).size, 20);
  });

  it('spreads the thresholds over the pixels, fixed by the seed', () => {
    const firstTimes = (seed: number) => {
      const sensor = dvsSensor({ width: 10, height: 10 }, { ...QUIET, thresholdSpread: 0.2 }, seed);
      const rising: Scene = (time, logIntensity) => logIntensity.fill(time / 100_000);
      return [...sensor.record(rising, 60_000, CENTRED).t];
    };
    assert.ok(new Set(firstTimes(1)).size > 50);
    assert.deepEqual(firstTimes(1), firstTimes(1));
    assert.notDeepEqual(firstTimes(1), firstTimes(2));
  });
});

describe('the three saccades', () => {
  it('run along an isosceles triangle, down right, up right and back', () => {
    const corner = (saccade: number) => nmnistSaccades(saccade * SACCADE_MICROSECONDS);
    const [start, bottom, right] = [corner(0), corner(1), corner(2)];
    const distance = (from: typeof start, to: typeof start) => Math.hypot(to.x - from.x, to.y - from.y);
    assert.ok(bottom.x > start.x && bottom.y > start.y);
    assert.ok(right.x > bottom.x && right.y < bottom.y);
    assert.ok(Math.abs(distance(start, bottom) - distance(bottom, right)) < 1e-9);
    assert.ok(distance(nmnistSaccades(RECORDING_MICROSECONDS), start) < 0.01);
  });
});

describe('simulated recordings', () => {
  it('resemble N-MNIST: 34 x 34, about 300 ms and 4,000 events, ON and OFF balanced, quiet between saccades', () => {
    const digit = Uint8Array.from({ length: 784 }, (_, pixel) => {
      const ring = Math.hypot((pixel % 28) - 13.5, Math.floor(pixel / 28) - 13.5);
      return ring > 6 && ring < 9 ? 255 : 0;
    });
    const { t, x, y, polarity } = recordingRig(1).record(digit, 1);
    assert.ok(t.length > 2500 && t.length < 7500, String(t.length));
    assert.ok(t[0]! < 20_000 && t.at(-1)! > 270_000 && t.at(-1)! < 330_000);
    assert.ok(x.every((each) => each < 34) && y.every((each) => each < 34));
    const on = polarity.reduce((sum, each) => sum + each, 0) / t.length;
    assert.ok(Math.abs(on - 0.5) < 0.05, String(on));
    const between = (from: number, to: number) => t.filter((time) => time >= from && time < to).length;
    assert.ok(between(92_000, 102_000) * 5 < between(40_000, 50_000));
    assert.notDeepEqual(recordingRig(1).record(digit, 2).t, t);
  });
});

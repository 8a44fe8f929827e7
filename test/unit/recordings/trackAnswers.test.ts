import assert from 'node:assert/strict';
import type { FrameSample, Track } from '../../../engine/events/tracks';
import { answerFrame, answerSamples } from '../../../engine/recordings/trackAnswers';

const EVER = { track: 0, from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

/** Frames of one pixel, one every 10 ms from -20 ms on. */
function frames(count: number): Track {
  async function* samples(first: number, last: number): AsyncGenerator<FrameSample> {
    for (let number = 0; number < count; number++) {
      const t = (number - 2) * 10_000;
      if (t >= first && t < last) {
        const pixels = Uint8Array.of(number);
        yield { kind: 'frame', t, exposure: 500, width: 1, height: 1, channels: 1, pixels };
      }
    }
  }
  return { kind: 'frame', name: 'frames', samples };
}

describe('answers about tracks', () => {
  const { signal } = new AbortController();

  it('number all samples from the first on, also before the events, without their pixels', async () => {
    const samples = await answerSamples([frames(3)], { ...EVER, limit: 10 }, signal);
    assert.deepEqual(
      samples.map((sample) => [sample.number, sample.t, sample.kind === 'frame' && sample.pixels.length]),
      [
        [0, -20_000, 0],
        [1, -10_000, 0],
        [2, 0, 0],
      ],
    );
  });

  it('keep the numbers of samples that are thinned evenly', async () => {
    const samples = await answerSamples([frames(100)], { ...EVER, limit: 10 }, signal);
    assert.deepEqual(
      samples.map(({ number }) => number),
      [0, 16, 32, 48, 64, 80, 96],
    );
    assert.equal(samples.at(-1)?.t, 940_000);
  });

  it('give the frame of a time with its pixels', async () => {
    const frame = await answerFrame([frames(3)], { track: 0, at: -10_000 }, signal);
    assert.deepEqual(frame?.kind === 'frame' && [...frame.pixels], [1]);
    assert.equal(await answerFrame([frames(3)], { track: 0, at: 3_000_000 }, signal), null);
    assert.equal(await answerFrame([], { track: 0, at: 0 }, signal), null);
  });

  it('end when they are withdrawn', async () => {
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(answerSamples([frames(3)], { ...EVER, limit: 10 }, controller.signal), /withdrawn/);
  });
});

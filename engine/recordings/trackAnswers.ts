import { lastFrame } from '../events/rendering/cameraFrames';
import type { Track, TrackSample } from '../events/tracks';
import type { FrameQuery, NumberedSample, SamplesQuery } from '../protocol/recordingProtocol';
import { throwIfAborted } from './timeAccess';

/** Every other sample, so that at most `limit` are kept. */
function thinned(samples: readonly NumberedSample[]): NumberedSample[] {
  return samples.filter((_, index) => index % 2 === 0);
}

/** A frame without its picture, for a lane that only shows when there are frames. */
function withoutPixels(sample: TrackSample): TrackSample {
  return sample.kind === 'frame' ? { ...sample, pixels: new Uint8Array() } : sample;
}

/** Samples of a span, at most `limit`, evenly thinned; frames come without their pixels. */
export async function answerSamples(
  tracks: readonly Track[],
  { track, from, to, limit }: SamplesQuery,
  signal: AbortSignal,
): Promise<NumberedSample[]> {
  let kept: NumberedSample[] = [];
  let every = 1;
  let seen = 0;
  for await (const sample of tracks[track]?.samples(from, to) ?? []) {
    throwIfAborted(signal);
    if (seen % every === 0) {
      kept.push({ ...withoutPixels(sample), number: seen });
    }
    seen++;
    if (kept.length > limit) {
      kept = thinned(kept);
      every *= 2;
    }
  }
  return kept;
}

/** The last frame at or before a time; null where there is none in the two seconds before. */
export async function answerFrame(
  tracks: readonly Track[],
  { track, at }: FrameQuery,
  signal: AbortSignal,
): Promise<TrackSample | null> {
  return (await lastFrame(tracks[track], at + 1, signal)) ?? null;
}

import { POLARITY_CHANNELS } from '../events/frames';
import { drawPlacement, placeSources } from './augmentationPlacement';
import type { AugmentationConfiguration } from './augmentationSchema';
import { normalNumber } from './normalNoise';
import { type BitStream, randomStream } from './random';

/** A batch of frames: [T, B, S, S, 2], channel 0 = OFF, 1 = ON. */
export interface FrameBatch {
  readonly frames: Float32Array<ArrayBuffer>;
  /** T. */
  readonly timeSteps: number;
  /** B. */
  readonly pairs: number;
  /** S in pixels. */
  readonly size: number;
}

/** The part of a sample's frames at every time step: T arrays [S, S, 2] on the batch's memory. */
function planesOf({ frames, timeSteps, pairs, size }: FrameBatch, slot: number): Float32Array<ArrayBuffer>[] {
  const length = size * size * POLARITY_CHANNELS;
  return Array.from({ length: timeSteps }, (_, step) => {
    const start = (step * pairs + slot) * length;
    return frames.subarray(start, start + length);
  });
}

/** Both polarities of a pixel as one number, which is only copied (frames hold no NaN). */
function pixelPairs(plane: Float32Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  return new Float64Array(plane.buffer, plane.byteOffset, plane.length / POLARITY_CHANNELS);
}

/** Moves pixels within planes. @param sources of every pixel; S * S gives zero. */
function movePixels(
  planes: readonly Float32Array<ArrayBuffer>[],
  sources: Int32Array,
  before: Float64Array,
): void {
  for (const plane of planes) {
    const pixels = pixelPairs(plane);
    before.set(pixels);
    for (let pixel = 0; pixel < sources.length; pixel++) {
      pixels[pixel] = before[sources[pixel]!]!;
    }
  }
}

/** Adds Gaussian noise with variance mean(x^2) / 10^(k / 10) over all steps and polarities (methods.md 3.2). */
function addNoise(planes: readonly Float32Array<ArrayBuffer>[], decibels: number, random: BitStream): void {
  let squares = 0;
  let count = 0;
  for (const plane of planes) {
    for (let index = 0; index < plane.length; index++) {
      squares += plane[index]! * plane[index]!;
    }
    count += plane.length;
  }
  const deviation = Math.sqrt(squares / count / 10 ** (decibels / 10));
  for (const plane of planes) {
    for (let index = 0; index < plane.length; index++) {
      plane[index]! += deviation * normalNumber(random);
    }
  }
}

/** What decides the draws of an augmentation. */
export interface AugmentationKey {
  readonly seed: number;
  /** From 0. */
  readonly iteration: number;
  /** Of the batch's first sample in the iteration. Default: 0. */
  readonly firstSlot?: number;
}

/**
 * Varies the training recordings of an iteration in place (methods.md 3.2, step 5), with one draw for all time steps
 * and both polarities of a sample. Decided by seed, iteration and the sample's slot, so that a run resumes exactly.
 */
export function augmentFrames(
  batch: FrameBatch,
  augmentation: AugmentationConfiguration,
  { seed, iteration, firstSlot = 0 }: AugmentationKey,
): void {
  const { kind, noiseDecibels = 0 } = augmentation;
  if (kind === 'none') {
    return;
  }
  const { pairs, size } = batch;
  const sources = new Int32Array(size * size);
  const before = new Float64Array(size * size + 1);
  for (let slot = 0; slot < pairs; slot++) {
    const random = randomStream(seed, 'augmentation', iteration, firstSlot + slot);
    const planes = planesOf(batch, slot);
    if (kind === 'noise') {
      addNoise(planes, noiseDecibels, random);
    } else {
      placeSources(drawPlacement(augmentation, size, random), size, sources);
      movePixels(planes, sources, before);
    }
  }
}

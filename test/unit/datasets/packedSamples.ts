import { augmentationSchema } from '../../../engine/datasets/augmentationSchema';
import type { BatchSources } from '../../../engine/datasets/batchAssembler';
import { packFrames, sharedPack } from '../../../engine/datasets/framePack';
import { type FrameRule, frameLength } from '../../../engine/datasets/frameRule';
import type { FrameStore } from '../../../engine/datasets/frameStore';
import type { PlaneSource } from '../../../engine/datasets/planeSource';
import { type RandomStream, randomStream } from '../../../engine/datasets/random';

/** Samples in a pack of frameStore.ts. */
const SAMPLES_PER_PACK = 128;

/** `counts`: whole numbers up to 255; `shares`: any floats. */
export type FrameKind = 'counts' | 'shares';

export function ruleOf(timeSteps: number, size: number): FrameRule {
  return { timeSteps, size, kind: 'count', timeOrigin: 'zero', formats: 'any' };
}

function randomFrames(rule: FrameRule, kind: FrameKind, random: RandomStream): Uint32Array | Float32Array {
  const length = frameLength(rule);
  const isZero = () => random.uniform() < 0.7;
  return kind === 'counts'
    ? Uint32Array.from({ length }, () => (isZero() ? 0 : random.below(256)))
    : Float32Array.from({ length }, () => (isZero() ? 0 : random.normal()));
}

/** Samples of random frames; `kinds` alternate from pack to pack. */
export function randomStore(
  rule: FrameRule,
  count: number,
  kinds: readonly FrameKind[],
  seed = 1,
): FrameStore {
  const random = randomStream(seed, 'store');
  const packs: FrameStore['packs'][number][] = [];
  for (let start = 0; start < count; start += SAMPLES_PER_PACK) {
    const length = Math.min(SAMPLES_PER_PACK, count - start);
    const kind = kinds[packs.length % kinds.length]!;
    const frames = Array.from({ length }, () => randomFrames(rule, kind, random));
    packs.push(sharedPack(packFrames(frames, rule)));
  }
  const places = Uint32Array.from({ length: count }, (_, sample) => count - 1 - sample);
  return { count, rule, packs, places };
}

/** Random grey images as MNIST has them. */
export function randomImages(count: number): PlaneSource {
  const random = randomStream(2, 'images');
  const [width, height] = [7, 6];
  const pixels = Uint8Array.from({ length: count * width * height }, () => random.below(256));
  return { kind: 'mnist', width, height, pixels };
}

export type AugmentationOptions = Parameters<typeof augmentationSchema.parse>[0];

/** What batches of random samples are assembled from. */
export function randomSources(
  rule: FrameRule,
  kinds: readonly FrameKind[],
  augmentation: AugmentationOptions = {},
): BatchSources {
  return {
    train: randomStore(rule, 150, kinds),
    test: randomStore(rule, 9, kinds, 2),
    augmentation: augmentationSchema.parse(augmentation),
    planes: randomImages(12),
  };
}

import { type DecodeOptions, decodePacks, throwIfCancelled } from './decodePool';
import { type FrameCache, frameKey } from './frameCache';
import { type FramePack, type FrameRule, frameLength } from './framePack';

/** Recordings that are decoded, cached and moved between threads together. */
const RECORDINGS_PER_PACK = 128;

/** Frames of a list of recordings, in memory. */
export interface FrameStore {
  readonly count: number;
  /**
   * Writes a batch of frames.
   * @param recordings indices into the list, length B.
   * @returns [T, B, S, S, 2]; channel 0 = OFF, 1 = ON.
   */
  batch(recordings: ArrayLike<number>): Float32Array<ArrayBuffer>;
}

/** How {@link loadFrames} runs. */
export interface LoadFramesOptions {
  readonly cache: FrameCache;
  readonly decode: Omit<DecodeOptions, 'onPack'>;
  /** Called with the number of recordings that became available. */
  readonly onLoaded: (recordings: number) => void;
  /** Called when the cache cannot be written; the load goes on. */
  readonly onCacheFailure: (error: unknown) => void;
}

function packFiles(files: readonly string[]): string[][] {
  const packs: string[][] = [];
  for (let start = 0; start < files.length; start += RECORDINGS_PER_PACK) {
    packs.push(files.slice(start, start + RECORDINGS_PER_PACK));
  }
  return packs;
}

function storeOf(packs: readonly FramePack[], count: number, rule: FrameRule): FrameStore {
  const length = frameLength(rule);
  const plane = length / rule.timeSteps;

  function batch(recordings: ArrayLike<number>): Float32Array<ArrayBuffer> {
    const frames = new Float32Array(recordings.length * length);
    for (let slot = 0; slot < recordings.length; slot++) {
      const recording = recordings[slot]!;
      const { values } = packs[Math.floor(recording / RECORDINGS_PER_PACK)]!;
      const start = (recording % RECORDINGS_PER_PACK) * length;
      for (let step = 0; step < rule.timeSteps; step++) {
        const source = values.subarray(start + step * plane, start + (step + 1) * plane);
        frames.set(source, (step * recordings.length + slot) * plane);
      }
    }
    return frames;
  }
  return { count, batch };
}

/**
 * Loads the frames of recordings: from the cache where it has them, else decoded (and then cached).
 * @param files absolute paths.
 * @throws SpikeBridgeError (data) for a recording that cannot be read or decoded; (cancelled).
 */
export async function loadFrames(
  files: readonly string[],
  rule: FrameRule,
  options: LoadFramesOptions,
): Promise<FrameStore> {
  const { cache, decode, onLoaded, onCacheFailure } = options;
  const lists = packFiles(files);
  const packs: FramePack[] = [];
  const missing: { index: number; key: string; files: string[] }[] = [];
  for (const [index, list] of lists.entries()) {
    throwIfCancelled(decode.signal);
    const key = await frameKey(list, rule);
    const pack = await cache.load(key, list.length, rule);
    if (pack) {
      packs[index] = pack;
      onLoaded(pack.count);
    } else {
      missing.push({ index, key, files: list });
    }
  }
  const onPack = async (position: number, pack: FramePack) => {
    const { index, key } = missing[position]!;
    packs[index] = pack;
    onLoaded(pack.count);
    await cache.store(key, pack).catch(onCacheFailure);
  };
  await decodePacks(
    missing.map((each) => each.files),
    rule,
    { ...decode, onPack },
  );
  return storeOf(packs, files.length, rule);
}

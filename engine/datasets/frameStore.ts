import { type DecodeOptions, decodePacks, throwIfCancelled } from './decodePool';
import { type FrameCache, frameKey } from './frameCache';
import { type FramePack, type SharedPack, sharedPack } from './framePack';
import type { FrameRule } from './frameRule';
import type { SampleSource } from './sampleEvents';

/** Samples that are decoded, cached and moved between threads together. */
const SAMPLES_PER_PACK = 128;

/** Frames of a list of samples in shared memory: plain data, so that it travels to threads. */
export interface FrameStore {
  readonly count: number;
  readonly rule: FrameRule;
  readonly packs: readonly SharedPack[];
  /** Where in the packs each sample of the list is, counted through all of them. */
  readonly places: Uint32Array;
}

/** The pack of a sample of the list, and its place there. */
export function placeOf(
  { packs, places }: FrameStore,
  sample: number,
): { readonly pack: SharedPack; readonly recording: number } {
  const place = places[sample]!;
  return { pack: packs[Math.floor(place / SAMPLES_PER_PACK)]!, recording: place % SAMPLES_PER_PACK };
}

/** How {@link loadFrames} runs. */
export interface LoadFramesOptions {
  readonly cache: FrameCache;
  readonly decode: Omit<DecodeOptions, 'onPack'>;
  /** Called with the number of samples that became available. */
  readonly onLoaded: (samples: number) => void;
  /** Called when the cache cannot be written; the load goes on. */
  readonly onCacheFailure: (error: unknown) => void;
}

/** Positions with the slices of one file as neighbours, so that a file is read once; whole files keep their order. */
function positionsByFile(sources: readonly SampleSource[]): Uint32Array {
  const firstOfFile = new Map<string, number>();
  for (const [position, { file }] of sources.entries()) {
    if (!firstOfFile.has(file)) {
      firstOfFile.set(file, position);
    }
  }
  const firstOf = (position: number) => firstOfFile.get(sources[position]!.file)!;
  return Uint32Array.from(sources.keys()).sort(
    (left, right) => firstOf(left) - firstOf(right) || left - right,
  );
}

function packSources(sources: readonly SampleSource[]): SampleSource[][] {
  const packs: SampleSource[][] = [];
  for (let start = 0; start < sources.length; start += SAMPLES_PER_PACK) {
    packs.push(sources.slice(start, start + SAMPLES_PER_PACK));
  }
  return packs;
}

function inverted(positions: Uint32Array): Uint32Array {
  const places = new Uint32Array(positions.length);
  for (const [place, position] of positions.entries()) {
    places[position] = place;
  }
  return places;
}

/**
 * Loads the frames of samples: from the cache where it has them, else decoded (and then cached).
 * @param sources absolute paths.
 * @throws SpikeBridgeError (data) for a recording that cannot be read or decoded; (cancelled).
 */
export async function loadFrames(
  sources: readonly SampleSource[],
  rule: FrameRule,
  options: LoadFramesOptions,
): Promise<FrameStore> {
  const { cache, decode, onLoaded, onCacheFailure } = options;
  const positions = positionsByFile(sources);
  const lists = packSources(Array.from(positions, (position) => sources[position]!));
  const packs: SharedPack[] = [];
  const missing: { index: number; key: string; sources: SampleSource[] }[] = [];
  for (const [index, list] of lists.entries()) {
    throwIfCancelled(decode.signal);
    const key = await frameKey(list, rule);
    const pack = await cache.load(key, list.length, rule);
    if (pack) {
      packs[index] = sharedPack(pack);
      onLoaded(pack.count);
    } else {
      missing.push({ index, key, sources: list });
    }
  }
  const onPack = async (position: number, pack: FramePack) => {
    const { index, key } = missing[position]!;
    packs[index] = sharedPack(pack);
    onLoaded(pack.count);
    await cache.store(key, pack).catch(onCacheFailure);
  };
  await decodePacks(
    missing.map((each) => each.sources),
    rule,
    { ...decode, onPack },
  );
  return { count: sources.length, rule, packs, places: inverted(positions) };
}

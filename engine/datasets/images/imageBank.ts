import { createHash } from 'node:crypto';
import path from 'node:path';
import { type CheckedEntries, openCheckedEntries } from '../../files/checkedEntries';
import { recordingIdentity } from '../../files/fileIdentity';
import { throwIfCancelled } from '../decodePool';
import { sharedBytes, sharedFloats } from '../sharedMemory';
import { forEachImage } from './eachFile';
import { allocateValues, type ImageRule, type ImageValues, imageValues, valuesPerImage } from './imageRule';

/** Raise it whenever decoding, resizing or the entry layout changes. */
const FORMAT_VERSION = 1;
const MAGIC = `SBIMAGE${FORMAT_VERSION}`;
const ENTRY_SUFFIX = '.images';
/** Images that are cached together: a stopped load goes on behind the last full pack. */
const IMAGES_PER_PACK = 512;

/** Values of many images under one rule, in memory. */
export interface ImageBank {
  readonly rule: ImageRule;
  readonly imagesPerPack: number;
  /** In shared memory. */
  readonly packs: readonly (Uint8Array | Float32Array)[];
  /** Values of an image, a view: bytes or floats by the rule. */
  at(image: number): Uint8Array | Float32Array;
}

/** How {@link loadImageBank} runs. */
export interface BankOptions {
  /** Folder of the cache, absolute. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal;
  /** Called with the number of images that became available. */
  readonly onLoaded: (images: number) => void;
  /** Called when the cache cannot be written; the load goes on. */
  readonly onCacheFailure: (error: unknown) => void;
}

/** Key of a pack: hash of version, rule, and path, size and modification time of every file. */
async function packKey(files: readonly string[], rule: ImageRule): Promise<string> {
  const identities = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = await recordingIdentity(file);
      return [path.resolve(file), size, mtimeMs];
    }),
  );
  const settings = Object.entries(rule).sort(([left], [right]) => (left < right ? -1 : 1));
  const text = JSON.stringify([FORMAT_VERSION, settings, identities]);
  return createHash('sha256').update(text).digest('hex');
}

async function decodePack(
  files: readonly string[],
  rule: ImageRule,
  { signal, onLoaded }: BankOptions,
): Promise<ImageValues> {
  const values = allocateValues(rule, files.length);
  const length = valuesPerImage(rule);
  await forEachImage(
    files.length,
    async (image) => {
      values.set(await imageValues(files[image]!, rule), image * length);
      onLoaded(1);
    },
    signal,
  );
  return values;
}

async function cachedPack(
  cache: CheckedEntries,
  key: string,
  count: number,
  rule: ImageRule,
): Promise<ImageValues | undefined> {
  const entry = await cache.load(key);
  const room = allocateValues(rule, 0);
  const bytes = count * valuesPerImage(rule) * room.BYTES_PER_ELEMENT;
  if (entry?.kind !== room.BYTES_PER_ELEMENT || entry.count !== count || entry.payload.length !== bytes) {
    return undefined;
  }
  const { buffer, byteOffset } = entry.payload;
  return room instanceof Uint8Array
    ? entry.payload
    : new Float32Array(buffer, byteOffset, count * valuesPerImage(rule));
}

async function storePack(cache: CheckedEntries, key: string, count: number, values: ImageValues) {
  const payload = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  await cache.store(key, { kind: values.BYTES_PER_ELEMENT, count, payload });
}

const shared = (values: ImageValues) =>
  values instanceof Uint8Array ? sharedBytes(values) : sharedFloats(values);

/**
 * Loads images under a rule: from the cache where it has them, else decoded (and then cached).
 * @param files absolute paths.
 * @throws SpikeBridgeError (data) for an image that cannot be read or decoded; (cancelled).
 */
export async function loadImageBank(
  files: readonly string[],
  rule: ImageRule,
  options: BankOptions,
): Promise<ImageBank> {
  const { cacheFolder, signal, onLoaded, onCacheFailure } = options;
  const cache = openCheckedEntries(cacheFolder, MAGIC, ENTRY_SUFFIX);
  const packs: (Uint8Array | Float32Array)[] = [];
  for (let start = 0; start < files.length; start += IMAGES_PER_PACK) {
    throwIfCancelled(signal);
    const list = files.slice(start, start + IMAGES_PER_PACK);
    const key = await packKey(list, rule);
    const cached = await cachedPack(cache, key, list.length, rule);
    if (cached) {
      onLoaded(list.length);
      packs.push(shared(cached));
      continue;
    }
    const values = await decodePack(list, rule, options);
    await storePack(cache, key, list.length, values).catch(onCacheFailure);
    packs.push(shared(values));
  }
  const length = valuesPerImage(rule);
  return {
    rule,
    imagesPerPack: IMAGES_PER_PACK,
    packs,
    at(image) {
      const start = (image % IMAGES_PER_PACK) * length;
      return packs[Math.floor(image / IMAGES_PER_PACK)]!.subarray(start, start + length);
    },
  };
}

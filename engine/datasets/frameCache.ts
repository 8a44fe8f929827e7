import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { recordingIdentity } from '../files/fileIdentity';
import { makeFolder } from '../files/makeFolder';
import { type FramePack, maskLength } from './framePack';
import { type FrameRule, frameLength } from './frameRule';
import type { SampleSource } from './sampleEvents';

/** Raise it whenever decoding, binning or the entry layout changes. */
const FORMAT_VERSION = 2;
const MAGIC = `SBFRAME${FORMAT_VERSION}`;
const HEADER_BYTES = 64;
const KINDS = ['bytes', 'sparse'] as const;
const ENTRY_SUFFIX = '.frames';
const UNUSED_DAYS = 60;

/** `spikebridge` in the user's cache folder: XDG, ~/Library/Caches on macOS, %LOCALAPPDATA% on Windows. */
export function defaultCacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (platform === 'win32') {
    return path.join(environment.LOCALAPPDATA || path.join(home, 'AppData', 'Local'), 'spikebridge', 'cache');
  }
  if (platform === 'darwin') {
    return path.join(home, 'Library', 'Caches', 'spikebridge');
  }
  return path.join(environment.XDG_CACHE_HOME || path.join(home, '.cache'), 'spikebridge');
}

/**
 * Key of the frames of some samples: hash of the format version, the rule, and of path, size, modification time and
 * slice of every sample.
 * @param sources absolute paths.
 * @throws SpikeBridgeError (data) for a file that is not there.
 */
export async function frameKey(sources: readonly SampleSource[], rule: FrameRule): Promise<string> {
  const identities = await Promise.all(
    sources.map(async ({ file, slice }) => {
      const { size, mtimeMs } = await recordingIdentity(file);
      return [file, size, mtimeMs, slice?.from ?? null, slice?.to ?? null];
    }),
  );
  const text = JSON.stringify([FORMAT_VERSION, rule, identities], inNameOrder);
  return createHash('sha256').update(text).digest('hex');
}

/** Objects with their keys in one order, so that equal rules have equal texts. */
function inNameOrder(_key: string, value: unknown): unknown {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
    : value;
}

function bytesOf(values: Uint8Array | Uint32Array | Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

/** Header (magic, kind, count, SHA-256 of the rest) and values. */
function encodeEntry(pack: FramePack): Buffer[] {
  const payload =
    pack.kind === 'bytes'
      ? [bytesOf(pack.values)]
      : [bytesOf(pack.starts), bytesOf(pack.present), bytesOf(pack.values)];
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt32LE(KINDS.indexOf(pack.kind), 8);
  header.writeUInt32LE(pack.count, 12);
  const hash = createHash('sha256').update(header.subarray(0, 16));
  for (const part of payload) {
    hash.update(part);
  }
  hash.digest().copy(header, 16);
  return [header, ...payload];
}

/** Bytes from `begin` on in memory of their own, so that numbers of four bytes lie where they must. */
function ownBytes(payload: Buffer, begin: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(payload.subarray(begin, begin + length));
}

function decodeSparse(payload: Buffer, count: number, rule: FrameRule): FramePack | undefined {
  const startBytes = (count + 1) * 4;
  const maskBytes = count * rule.timeSteps * maskLength(rule);
  const valueBytes = payload.length - startBytes - maskBytes;
  if (valueBytes < 0 || payload.readUInt32LE(count * 4) * 4 !== valueBytes) {
    return undefined;
  }
  return {
    kind: 'sparse',
    count,
    starts: new Uint32Array(ownBytes(payload, 0, startBytes).buffer),
    present: ownBytes(payload, startBytes, maskBytes),
    values: new Float32Array(ownBytes(payload, startBytes + maskBytes, valueBytes).buffer),
  };
}

/** The pack of an entry, or undefined where the entry is damaged or of another version. */
function decodeEntry(bytes: Buffer, count: number, rule: FrameRule): FramePack | undefined {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) {
    return undefined;
  }
  const kind = KINDS[bytes.readUInt32LE(8)];
  const payload = bytes.subarray(HEADER_BYTES);
  const digest = createHash('sha256').update(bytes.subarray(0, 16)).update(payload).digest();
  if (!kind || bytes.readUInt32LE(12) !== count || !digest.equals(bytes.subarray(16, 48))) {
    return undefined;
  }
  if (kind === 'sparse') {
    return decodeSparse(payload, count, rule);
  }
  const isWhole = payload.length === count * frameLength(rule);
  return isWhole ? { kind, count, values: ownBytes(payload, 0, payload.length) } : undefined;
}

/** A folder of decoded frames. Entries are only ever added whole, so several processes may share it. */
export interface FrameCache {
  /** The stored pack, or undefined where there is none or it is damaged. */
  load(key: string, count: number, rule: FrameRule): Promise<FramePack | undefined>;
  /** Stores a pack (temporary file, then rename). Rejects when the folder cannot be written. */
  store(key: string, pack: FramePack): Promise<void>;
}

/** Temporary file, then rename. */
async function writeEntry(file: string, parts: readonly Buffer[]): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writev(parts);
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes entries and left-over temporary files that were not used for {@link UNUSED_DAYS} days. */
async function removeUnused(folder: string): Promise<void> {
  const oldest = Date.now() - UNUSED_DAYS * 86_400_000;
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if ((name.endsWith(ENTRY_SUFFIX) || name.endsWith('.tmp')) && (await stat(file)).mtimeMs < oldest) {
      await rm(file, { force: true });
    }
  }
}

/** Opens the cache in `folder`, which is made on the first store. */
export function openFrameCache(folder: string): FrameCache {
  const fileOf = (key: string) => path.join(folder, `${key}${ENTRY_SUFFIX}`);
  let prepared: Promise<void> | undefined;

  async function prepare(): Promise<void> {
    await makeFolder(folder);
    await removeUnused(folder).catch(() => undefined);
  }

  return {
    async load(key, count, rule) {
      const file = fileOf(key);
      const bytes = await readFile(file).catch(() => undefined);
      const pack = bytes && decodeEntry(bytes, count, rule);
      if (pack) {
        const now = new Date();
        await utimes(file, now, now).catch(() => undefined);
      }
      return pack;
    },
    async store(key, pack) {
      prepared ??= prepare();
      await prepared;
      await writeEntry(fileOf(key), encodeEntry(pack));
    },
  };
}

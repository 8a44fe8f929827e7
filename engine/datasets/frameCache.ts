import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { recordingIdentity } from '../files/fileIdentity';
import { makeFolder } from '../files/makeFolder';
import { type FramePack, type FrameRule, frameLength } from './framePack';

/** Raise it whenever decoding, binning or the entry layout changes. */
const FORMAT_VERSION = 1;
const BINNING_RULE = 'n-mnist, windows of floor(absolute last time / T), counts per polarity, align-corners';
const MAGIC = `SBFRAME${FORMAT_VERSION}`;
const HEADER_BYTES = 64;
const KINDS = ['uint8', 'float32'] as const;
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
 * Key of the frames of some recordings: hash of the format version, the rule and of path, size and modification
 * time of every file.
 * @param files absolute paths.
 * @throws SpikeBridgeError (data) for a file that is not there.
 */
export async function frameKey(files: readonly string[], rule: FrameRule): Promise<string> {
  const identities = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = await recordingIdentity(file);
      return [file, size, mtimeMs];
    }),
  );
  const { timeSteps, size, sensor } = rule;
  const text = JSON.stringify([
    FORMAT_VERSION,
    BINNING_RULE,
    timeSteps,
    size,
    sensor.width,
    sensor.height,
    identities,
  ]);
  return createHash('sha256').update(text).digest('hex');
}

/** Header (magic, kind, count, SHA-256 of the rest) and values. */
function encodeEntry({ count, values }: FramePack): Buffer[] {
  const payload = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt32LE(values instanceof Uint8Array ? 0 : 1, 8);
  header.writeUInt32LE(count, 12);
  createHash('sha256').update(header.subarray(0, 16)).update(payload).digest().copy(header, 16);
  return [header, payload];
}

/** The pack of an entry, or undefined where the entry is damaged or of another version. */
function decodeEntry(bytes: Buffer, count: number, rule: FrameRule): FramePack | undefined {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) {
    return undefined;
  }
  const kind = KINDS[bytes.readUInt32LE(8)];
  const payload = bytes.subarray(HEADER_BYTES);
  const expected = count * frameLength(rule) * (kind === 'float32' ? 4 : 1);
  const digest = createHash('sha256').update(bytes.subarray(0, 16)).update(payload).digest();
  if (
    !kind ||
    bytes.readUInt32LE(12) !== count ||
    payload.length !== expected ||
    !digest.equals(bytes.subarray(16, 48))
  ) {
    return undefined;
  }
  const values = new Uint8Array(payload);
  return { count, values: kind === 'uint8' ? values : new Float32Array(values.buffer) };
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

import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from './makeFolder';

const HEADER_BYTES = 64;
const MAGIC_BYTES = 8;
const UNUSED_DAYS = 60;

/** What an entry is, next to its bytes. */
export interface EntryKind {
  /** Number of a value type, 0 to 2^32 - 1. */
  readonly kind: number;
  /** Number of items, 0 to 2^32 - 1. */
  readonly count: number;
}

/** An entry of a {@link CheckedEntries}. */
export interface CheckedEntry extends EntryKind {
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** A folder of cache entries. Entries are only ever added whole, so several processes may share it. */
export interface CheckedEntries {
  /** The stored entry, or undefined where there is none or it is damaged. */
  load(key: string): Promise<CheckedEntry | undefined>;
  /** Stores an entry (temporary file, then rename). Rejects when the folder cannot be written. */
  store(key: string, entry: CheckedEntry): Promise<void>;
}

function digestOf(head: Uint8Array, payload: Uint8Array): Buffer {
  return createHash('sha256').update(head).update(payload).digest();
}

/** Header (magic, kind, count, SHA-256 of these and the rest). */
function headerOf(magic: string, { kind, count, payload }: CheckedEntry): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(magic, 0, 'latin1');
  header.writeUInt32LE(kind, 8);
  header.writeUInt32LE(count, 12);
  digestOf(header.subarray(0, 16), payload).copy(header, 16);
  return header;
}

function parseEntry(magic: string, bytes: Uint8Array<ArrayBuffer>): CheckedEntry | undefined {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(HEADER_BYTES, bytes.length));
  const payload = bytes.subarray(HEADER_BYTES);
  const isWhole =
    header.length === HEADER_BYTES &&
    header.toString('latin1', 0, MAGIC_BYTES) === magic &&
    digestOf(header.subarray(0, 16), payload).equals(header.subarray(16, 48));
  return isWhole ? { kind: header.readUInt32LE(8), count: header.readUInt32LE(12), payload } : undefined;
}

async function writeWhole(file: string, parts: readonly Uint8Array[]): Promise<void> {
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
async function removeUnused(folder: string, suffix: string): Promise<void> {
  const oldest = Date.now() - UNUSED_DAYS * 86_400_000;
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if ((name.endsWith(suffix) || name.endsWith('.tmp')) && (await stat(file)).mtimeMs < oldest) {
      await rm(file, { force: true });
    }
  }
}

/** The bytes of a file in memory of their own, so that values of any type can view them. */
async function readAligned(file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) {
    return undefined;
  }
  try {
    const bytes = new Uint8Array((await handle.stat()).size);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return bytesRead === bytes.length ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

/**
 * Opens the entries of one kind in `folder`, which is made on the first store.
 * @param magic 8 characters that name kind and version.
 * @param suffix ending of the entries' files, with its dot.
 */
export function openCheckedEntries(folder: string, magic: string, suffix: string): CheckedEntries {
  const fileOf = (key: string) => path.join(folder, `${key}${suffix}`);
  let prepared: Promise<void> | undefined;

  async function prepare(): Promise<void> {
    await makeFolder(folder);
    await removeUnused(folder, suffix).catch(() => undefined);
  }

  return {
    async load(key) {
      const file = fileOf(key);
      const bytes = await readAligned(file);
      const entry = bytes && parseEntry(magic, bytes);
      if (entry) {
        const now = new Date();
        await utimes(file, now, now).catch(() => undefined);
      }
      return entry;
    },
    async store(key, entry) {
      prepared ??= prepare();
      await prepared;
      await writeWhole(fileOf(key), [headerOf(magic, entry), entry.payload]);
    },
  };
}

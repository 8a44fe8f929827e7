import { rmSync } from 'node:fs';
import { access, type FileHandle, link, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import type { ByteSink } from './byteSink';
import { STANDARD_OUTPUT, standardOutput } from './standardOutput';

/** A file that appears under its name only when it is complete. Whoever made it commits or discards it. */
export interface NewFile {
  /** Where it will be. */
  readonly target: string;
  /** Where it is until then, beside the target, for libraries that write by path. */
  readonly temporaryPath: string;
  /** The file's bytes; opened by the first use. */
  sink(): Promise<ByteSink>;
  /** A file of its own beside it, for parts that are put together at the end; removed with the new file. */
  scratch(name: string): Promise<ScratchFile>;
  /** Puts the file in its place. @throws SpikeBridgeError (usage) where a file has appeared there meanwhile. */
  commit(): Promise<void>;
  /** Removes what was written; does nothing after `commit`. */
  discard(): Promise<void>;
}

/** Bytes that are read back once they are all written. */
export interface ScratchFile {
  readonly sink: ByteSink;
  /** What was written, from the start, in pieces of at most 1 MiB. */
  pieces(): AsyncIterable<Uint8Array>;
}

const WRITE_FAILURES: Readonly<Record<string, readonly [message: string, nextStep: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space, or write to another disk. Nothing was left behind.'],
  EDQUOT: ['the disk quota is used up', 'Free some space, or write to another disk.'],
  EFBIG: ['the file is larger than this file system allows', 'Write a shorter range.'],
  EROFS: ['the folder is read-only', 'Choose another folder.'],
  EACCES: ['the folder cannot be written', 'Make it writable, or choose another one.'],
  EPERM: ['the folder cannot be written', 'Make it writable, or choose another one.'],
  ENOENT: ['the folder does not exist', 'Make it, or choose another one.'],
  ENAMETOOLONG: ['the name is longer than the file system allows', 'Choose a shorter one.'],
  ENOTDIR: ['a part of this path is a file, not a folder', 'Choose another folder.'],
};

function explain(error: unknown, file: string): unknown {
  const [message, nextStep] = WRITE_FAILURES[(error as NodeJS.ErrnoException).code ?? ''] ?? [];
  return message && nextStep
    ? new SpikeBridgeError('data', message, nextStep, { file }, { cause: error })
    : error;
}

function existsAlready(file: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'usage',
    'there is a file of this name already',
    'Choose another name, or replace it with --force.',
    { file },
  );
}

/** Where a file of this name really is: links are followed, so that they stay links. */
async function placeOf(target: string): Promise<string> {
  return realpath(target).catch(() => target);
}

/** @throws SpikeBridgeError (usage) for a folder, device or pipe, which no file may replace. */
async function requireReplaceable(target: string): Promise<void> {
  const stats = await stat(target).catch(() => undefined);
  if (stats && !stats.isFile()) {
    throw new SpikeBridgeError(
      'usage',
      stats.isDirectory() ? 'this is a folder' : 'this is a device or a pipe, no regular file',
      'Name a file to make.',
      { file: target },
    );
  }
}

/**
 * Refuses to write over what is read, whatever the paths look like.
 * @throws SpikeBridgeError (usage) where both are one file.
 */
export async function requireOtherFile(input: string, target: string): Promise<void> {
  const [read, written] = await Promise.all([input, target].map((file) => stat(file).catch(() => undefined)));
  if (read && written && read.dev === written.dev && read.ino === written.ino) {
    throw new SpikeBridgeError(
      'usage',
      'this is the file that is read; it would be lost',
      'Choose another name for the output.',
      { file: target },
    );
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, offset + written);
    written += bytesWritten;
  }
}

const PIECE_BYTES = 2 ** 20;

class OpenFile implements ByteSink, ScratchFile {
  size = 0;
  readonly sink = this;

  constructor(
    private readonly handle: FileHandle,
    private readonly target: string,
  ) {}

  async append(bytes: Uint8Array): Promise<void> {
    await this.write(bytes, this.size);
    this.size += bytes.length;
  }

  async overwrite(offset: number, bytes: Uint8Array): Promise<void> {
    await this.write(bytes, offset);
  }

  async *pieces(): AsyncIterable<Uint8Array> {
    for (let offset = 0; offset < this.size; offset += PIECE_BYTES) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, this.size - offset));
      const { bytesRead } = await this.handle.read(piece, 0, piece.length, offset);
      yield piece.subarray(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private async write(bytes: Uint8Array, offset: number): Promise<void> {
    await writeAll(this.handle, bytes, offset).catch((error) => {
      throw explain(error, this.target);
    });
  }
}

/** Puts `temporary` at `target` without replacing a file that is there. */
async function linkInPlace(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || (await exists(target))) {
      throw existsAlready(target);
    }
    // File systems without hard links.
    await rename(temporary, target);
    return;
  }
  await rm(temporary, { force: true });
}

/**
 * Begins a file that is written beside its target and put there by `commit`. It also goes when the process exits,
 * even while it is being put in place or removed (a second Ctrl-C).
 * @param wanted path of the file; STANDARD_OUTPUT for none.
 * @param replace whether a file at `target` may be replaced.
 * @throws SpikeBridgeError (usage) where there is one and it may not, or where it is no regular file.
 */
export async function beginFile(wanted: string, { replace = false } = {}): Promise<NewFile> {
  if (wanted === STANDARD_OUTPUT) {
    return standardOutput();
  }
  const target = await placeOf(wanted);
  await requireReplaceable(target);
  if (!replace && (await exists(target))) {
    throw existsAlready(target);
  }
  const temporaryPath = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.part`);
  const opened = new Map<string, OpenFile>();
  const removeAtExit = () => {
    for (const file of [temporaryPath, ...opened.keys()]) {
      rmSync(file, { force: true });
    }
  };
  process.once('exit', removeAtExit);

  async function openOnce(file: string): Promise<OpenFile> {
    const handle = await open(file, 'w+').catch((error) => {
      throw explain(error, target);
    });
    const made = new OpenFile(handle, target);
    opened.set(file, made);
    return made;
  }
  async function close(): Promise<void> {
    const files = [...opened];
    await Promise.all(files.map(([, each]) => each.close().catch(() => {})));
    const scratches = files.map(([file]) => file).filter((file) => file !== temporaryPath);
    await Promise.all(scratches.map((file) => rm(file, { force: true })));
    opened.clear();
  }
  return {
    target,
    temporaryPath,
    sink: async () => opened.get(temporaryPath) ?? (await openOnce(temporaryPath)),
    scratch: (name) => openOnce(`${temporaryPath}.${name}`),
    async commit() {
      await close();
      await (replace ? rename(temporaryPath, target) : linkInPlace(temporaryPath, target)).catch((error) => {
        throw explain(error, target);
      });
      process.off('exit', removeAtExit);
    },
    async discard() {
      await close();
      await rm(temporaryPath, { force: true });
      process.off('exit', removeAtExit);
    },
  };
}

import { readSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { SpikeBridgeError } from '../errors';
import type { ByteSource } from './byteSource';
import { OthersTurns } from './othersTurns';

/** Small reads take at least this much from the disk, so that headers and packet heads cost one call. */
const READ_AHEAD_BYTES = 1 << 18;
const CHECK_FILE = 'Check that the file exists, is a regular file and can be read, then open it again.';

function unreadable(file: string, cause: NodeJS.ErrnoException, byteOffset?: number): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    `the file cannot be read (${cause.code ?? cause.message})`,
    CHECK_FILE,
    { file, byteOffset },
    { cause },
  );
}

/** Fills memory from the file; gives the number of bytes that were there. */
async function fill(handle: FileHandle, target: Uint8Array, offset: number): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const { bytesRead } = await handle.read(target, filled, target.length - filled, offset + filled);
    if (bytesRead === 0) {
      break;
    }
    filled += bytesRead;
  }
  return filled;
}

/** A new buffer with bytes of the file; shorter where the file ends. */
async function readFully(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  return buffer.subarray(0, await fill(handle, buffer, offset));
}

/** Fills a buffer from the file; gives the bytes that were there. */
function fillSync(descriptor: number, buffer: Uint8Array, offset: number): number {
  let filled = 0;
  while (filled < buffer.length) {
    const count = readSync(descriptor, buffer, filled, buffer.length - filled, offset + filled);
    if (count === 0) {
      break;
    }
    filled += count;
  }
  return filled;
}

/** A file as a source. What `read` returned stays valid: no buffer is used twice, so readers may share it. */
class FileSource implements ByteSource {
  private ahead: Uint8Array = new Uint8Array(0);
  private aheadOffset = 0;
  private readonly turns = new OthersTurns();

  constructor(
    readonly name: string,
    readonly size: number,
    private readonly handle: FileHandle,
  ) {}

  async read(offset: number, length: number): Promise<Uint8Array> {
    const begin = Math.min(Math.max(0, offset), this.size);
    const wanted = Math.min(Math.max(0, length), this.size - begin);
    const from = begin - this.aheadOffset;
    if (from >= 0 && from + wanted <= this.ahead.length) {
      return this.ahead.subarray(from, from + wanted);
    }
    try {
      if (wanted >= READ_AHEAD_BYTES) {
        return await readFully(this.handle, begin, wanted);
      }
      const bytes = await readFully(this.handle, begin, Math.min(READ_AHEAD_BYTES, this.size - begin));
      this.ahead = bytes;
      this.aheadOffset = begin;
      return bytes.subarray(0, wanted);
    } catch (cause) {
      throw unreadable(this.name, cause as NodeJS.ErrnoException, begin);
    }
  }

  /** At once, which spares passes over a file the round trip through a thread. */
  readInto(target: Uint8Array, offset: number): number | Promise<number> {
    return this.turns.isDue()
      ? this.turns.give().then(() => this.fillAtOnce(target, offset))
      : this.fillAtOnce(target, offset);
  }

  private fillAtOnce(target: Uint8Array, offset: number): number {
    const wanted = Math.min(target.length, Math.max(0, this.size - offset));
    try {
      return fillSync(this.handle.fd, target.subarray(0, wanted), offset);
    } catch (cause) {
      throw unreadable(this.name, cause as NodeJS.ErrnoException, offset);
    }
  }

  readSync(offset: number, length: number): Uint8Array {
    const begin = Math.min(Math.max(0, offset), this.size);
    const buffer = Buffer.allocUnsafeSlow(Math.min(Math.max(0, length), this.size - begin));
    try {
      return new Uint8Array(buffer.buffer, 0, fillSync(this.handle.fd, buffer, begin));
    } catch (cause) {
      throw unreadable(this.name, cause as NodeJS.ErrnoException, begin);
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/**
 * Opens a file for reading at any place; whoever opens it closes it.
 * @throws SpikeBridgeError (data) when it cannot be opened or is no regular file.
 */
export async function openFileSource(file: string): Promise<ByteSource> {
  // Looked at before it is opened: opening a pipe waits for somebody who writes.
  const kind = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(file, cause);
  });
  if (!kind.isFile()) {
    throw new SpikeBridgeError('data', 'this is no regular file', CHECK_FILE, { file });
  }
  const handle = await open(file, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(file, cause);
  });
  try {
    const { size } = await handle.stat();
    return new FileSource(file, size, handle);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

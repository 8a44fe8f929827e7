import { open, stat } from 'node:fs/promises';

const NEWLINE = 0x0a;
const MAX_BYTES_PER_READ = 16 * 1024 * 1024;

/** Complete lines that were appended since the last read. */
export interface TailedLines {
  readonly lines: readonly string[];
  /** True when the file was truncated or replaced: `lines` then start at its beginning. */
  readonly reset: boolean;
}

const NOTHING: TailedLines = { lines: [], reset: false };

/**
 * Follows a growing text file. A partial last line waits until its newline arrives; a truncated, replaced or
 * rewritten file is read again from its beginning.
 */
export class LineTail {
  #offset = 0;
  #inode: bigint | undefined;

  constructor(readonly file: string) {}

  /** Reads what was appended; a missing file has no lines. At most 16 MiB per call. */
  async read(): Promise<TailedLines> {
    const stats = await stat(this.file, { bigint: true }).catch(() => undefined);
    if (!stats) {
      return this.#restart();
    }
    const replaced = this.#inode !== undefined && this.#inode !== stats.ino;
    const reset = replaced || Number(stats.size) < this.#offset || !(await this.#endsAtNewline());
    if (reset) {
      this.#offset = 0;
    }
    this.#inode = stats.ino;
    const lines = Number(stats.size) > this.#offset ? await this.#readLines(Number(stats.size)) : [];
    return { lines, reset };
  }

  #restart(): TailedLines {
    const reset = this.#offset > 0;
    this.#offset = 0;
    this.#inode = undefined;
    return reset ? { lines: [], reset } : NOTHING;
  }

  /** Whether the byte before the read position is still the newline that was read there. */
  async #endsAtNewline(): Promise<boolean> {
    if (this.#offset === 0) {
      return true;
    }
    const last = await this.#bytes(this.#offset - 1, 1);
    return last.length === 0 || last[0] === NEWLINE;
  }

  async #readLines(size: number): Promise<string[]> {
    const bytes = await this.#bytes(this.#offset, Math.min(size - this.#offset, MAX_BYTES_PER_READ));
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    this.#offset += end;
    return bytes
      .subarray(0, end)
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
  }

  async #bytes(position: number, length: number): Promise<Buffer> {
    const handle = await open(this.file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }
}

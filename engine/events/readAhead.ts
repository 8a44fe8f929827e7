import type { ByteSource } from './byteSource';

const EMPTY = new Uint8Array(0);

/** Reads small stretches of a source in large ones. Each reader has its own, so that readers never disturb another. */
export class ReadAhead {
  #ahead: Uint8Array = EMPTY;
  #offset = 0;
  /** Filled again and again where the source can fill it: that spares passes over a file the allocation. */
  #block: Uint8Array = EMPTY;

  /** @param isShared what was read must stay valid while several wait for their bytes. */
  constructor(
    readonly source: ByteSource,
    private readonly windowSize = 1 << 18,
    private readonly isShared = false,
  ) {}

  /**
   * `length` bytes from `offset`; fewer where the source ends. Valid until the next call.
   * @throws SpikeBridgeError (data) where the source cannot be read.
   */
  async bytes(offset: number, length: number): Promise<Uint8Array> {
    const available = Math.max(0, Math.min(length, this.source.size - offset));
    const start = offset - this.#offset;
    if (start < 0 || start + available > this.#ahead.length) {
      const ahead = await this.#fill(offset, Math.max(available, this.windowSize));
      return ahead.subarray(0, available);
    }
    return this.#ahead.subarray(start, start + available);
  }

  /** Whether these bytes are in memory. */
  holds(offset: number, length: number): boolean {
    return offset >= this.#offset && offset + length <= this.#offset + this.#ahead.length;
  }

  /** The stretch in memory and the place of its first byte. Valid until the next call that reads. */
  window(): { readonly bytes: Uint8Array; readonly begin: number } {
    return { bytes: this.#ahead, begin: this.#offset };
  }

  /** Bytes that are in memory; undefined where some are not. Valid until the next call that reads. */
  held(offset: number, length: number): Uint8Array | undefined {
    const start = offset - this.#offset;
    return this.holds(offset, length) ? this.#ahead.subarray(start, start + length) : undefined;
  }

  /** Like {@link bytes}, with a view for numbers. */
  async view(offset: number, length: number): Promise<DataView> {
    const bytes = await this.bytes(offset, length);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  async #fill(offset: number, length: number): Promise<Uint8Array> {
    if (this.source.readInto && !this.isShared) {
      return this.#fillWindow(offset, length);
    }
    // A copy, because the source's memory is valid only until anybody's next read.
    const ahead = (await this.source.read(offset, length)).slice();
    this.#ahead = ahead;
    this.#offset = offset;
    return ahead;
  }

  async #fillWindow(offset: number, length: number): Promise<Uint8Array> {
    // Nothing of the old bytes may be taken for what it was once they are written over.
    this.#ahead = EMPTY;
    if (this.#block.length < length) {
      this.#block = new Uint8Array(length);
    }
    const block = this.#block.subarray(0, length);
    this.#ahead = block.subarray(0, await this.source.readInto!(block, offset));
    this.#offset = offset;
    return this.#ahead;
  }
}

const SMALL_BYTES = 4096;

/** A source whose last stretch stays in memory, for several columns that lie in the same bytes. Not to be closed. */
export function rememberingSource(source: ByteSource, windowSize: number): ByteSource {
  const ahead = new ReadAhead(source, windowSize, true);
  return {
    name: source.name,
    size: source.size,
    // Single rows are looked up without moving what is in memory.
    read: (offset, length) =>
      length < SMALL_BYTES && !ahead.holds(offset, length)
        ? source.read(offset, length)
        : ahead.bytes(offset, length),
    close: async () => {},
  };
}

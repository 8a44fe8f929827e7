import type { ByteSource } from './byteSource';

/** Reads small stretches of a source in large ones. Each reader has its own, so that readers never disturb another. */
export class ReadAhead {
  #window: Uint8Array = new Uint8Array(0);
  #offset = 0;

  constructor(
    readonly source: ByteSource,
    private readonly windowSize = 1 << 18,
  ) {}

  /**
   * `length` bytes from `offset`; fewer where the source ends. Valid until the next call.
   * @throws SpikeBridgeError (data) where the source cannot be read.
   */
  async bytes(offset: number, length: number): Promise<Uint8Array> {
    const available = Math.max(0, Math.min(length, this.source.size - offset));
    const start = offset - this.#offset;
    if (start < 0 || start + available > this.#window.length) {
      const window = await this.#fill(offset, Math.max(available, this.windowSize));
      return window.subarray(0, available);
    }
    return this.#window.subarray(start, start + available);
  }

  /** Like {@link bytes}, with a view for numbers. */
  async view(offset: number, length: number): Promise<DataView> {
    const bytes = await this.bytes(offset, length);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  async #fill(offset: number, length: number): Promise<Uint8Array> {
    // A copy, because the source's memory is valid only until anybody's next read.
    const window = (await this.source.read(offset, length)).slice();
    this.#window = window;
    this.#offset = offset;
    return window;
  }
}

/** A source whose last stretch stays in memory, for several columns that lie in the same bytes. Not to be closed. */
export function rememberingSource(source: ByteSource, windowSize: number): ByteSource {
  const window = new ReadAhead(source, windowSize);
  return {
    name: source.name,
    size: source.size,
    read: (offset, length) => window.bytes(offset, length),
    close: async () => {},
  };
}

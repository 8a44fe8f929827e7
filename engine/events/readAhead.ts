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
      await this.#fill(offset, Math.max(available, this.windowSize));
      return this.#window.subarray(0, available);
    }
    return this.#window.subarray(start, start + available);
  }

  /** Like {@link bytes}, with a view for numbers. */
  async view(offset: number, length: number): Promise<DataView> {
    const bytes = await this.bytes(offset, length);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  async #fill(offset: number, length: number): Promise<void> {
    // A copy, because the source's memory is valid only until anybody's next read.
    this.#window = (await this.source.read(offset, length)).slice();
    this.#offset = offset;
  }
}

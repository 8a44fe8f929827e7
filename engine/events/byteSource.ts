/** Bytes that can be read at any place: a file, or memory. Whoever opened it closes it. */
export interface ByteSource {
  /** For messages: the file's path or a description. */
  readonly name: string;
  /** Size in bytes when it was opened. */
  readonly size: number;
  /**
   * Up to `length` bytes from `offset` (inclusive); fewer at the end, none beyond it. The memory is valid until the
   * next read.
   * @throws SpikeBridgeError (data) naming the file and the byte where it cannot be read.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * The same at once, for libraries that cannot wait (HDF5); a source that cannot does not have it.
   * @throws SpikeBridgeError (data) as `read`.
   */
  readSync?(offset: number, length: number): Uint8Array;
  /**
   * The same into memory of the caller, for passes over large files: at once where it can, with a turn for other work
   * (Ctrl-C, messages) in between. A source that cannot does not have it.
   * @returns bytes read, fewer than the target holds at the end.
   * @throws SpikeBridgeError (data) as `read`.
   */
  readInto?(target: Uint8Array, offset: number): number | Promise<number>;
  close(): Promise<void>;
}

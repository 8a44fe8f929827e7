/** A file that is being written from its start to its end. Whoever opened it commits or discards it. */
export interface ByteSink {
  /** Bytes written so far. */
  readonly size: number;
  /** Writes behind what is there; the memory may be used again when it resolves. */
  append(bytes: Uint8Array): Promise<void>;
  /** Replaces bytes that were appended before: counts and places that are only known at the end. */
  overwrite(offset: number, bytes: Uint8Array): Promise<void>;
}

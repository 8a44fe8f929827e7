import { Inflate, Unzlib } from 'fflate';
import type { ByteSource } from '../byteSource';

/** Compressed bytes per step: what comes out is at most a thousand times as much. */
const STEP_BYTES = 1 << 14;
/** Unpacked bytes that stay in memory behind the last read, for small steps back. */
const KEPT_BYTES = 1 << 16;

/** Where the compressed bytes of one member lie, and what they become. */
export interface DeflatedPart {
  readonly source: ByteSource;
  readonly offset: number;
  readonly packedSize: number;
  /** Unpacked bytes. */
  readonly size: number;
  readonly kind: 'deflate' | 'zlib';
  readonly name: string;
  /** Told where what follows cannot be unpacked: the content then ends with what came out before. */
  readonly onDamage: (message: string, byteOffset: number) => void;
}

/**
 * Unpacked content of a deflated stretch as a source. It is unpacked forwards as it is read and never held whole:
 * reading back by more than a little starts again at its beginning. Damage ends it early.
 */
export class InflatedSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  #chunks: Uint8Array[] = [];
  /** Place of the first byte of `#chunks`, and of the byte behind the last. */
  #begin = 0;
  #end = 0;
  #packed = 0;
  #inflater: Inflate | Unzlib;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly part: DeflatedPart) {
    this.name = part.name;
    this.size = part.size;
    this.#inflater = this.#start();
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    // One after another: all reads move the same inflater.
    const reading = this.#queue.then(() => this.#read(offset, length));
    this.#queue = reading.catch(() => undefined);
    return reading;
  }

  async close(): Promise<void> {
    this.#chunks = [];
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(this.size, offset + Math.max(0, length));
    if (offset >= end) {
      return new Uint8Array(0);
    }
    if (offset < this.#begin) {
      this.#inflater = this.#start();
    }
    while (this.#end < end && this.#packed < this.part.packedSize) {
      await this.#step();
      this.#forget(offset - KEPT_BYTES);
    }
    return this.#collect(offset, Math.min(end, this.#end));
  }

  #start(): Inflate | Unzlib {
    this.#chunks = [];
    this.#begin = 0;
    this.#end = 0;
    this.#packed = 0;
    const take = (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#end += chunk.length;
    };
    return this.part.kind === 'zlib' ? new Unzlib(take) : new Inflate(take);
  }

  async #step(): Promise<void> {
    const { source, offset, packedSize } = this.part;
    const place = offset + this.#packed;
    const bytes = await source.read(place, Math.min(STEP_BYTES, packedSize - this.#packed));
    if (bytes.length === 0) {
      this.#packed = packedSize;
      return;
    }
    this.#packed += bytes.length;
    try {
      this.#inflater.push(bytes.slice(), false);
    } catch (cause) {
      this.#packed = packedSize;
      this.part.onDamage(`it cannot be unpacked (${(cause as Error).message})`, place);
      return;
    }
    if (this.#packed >= packedSize) {
      this.#finish();
    }
  }

  /** What is still inside comes out; where the compressed bytes were cut off, there is no more. */
  #finish(): void {
    try {
      this.#inflater.push(new Uint8Array(0), true);
    } catch {
      // The reader sees fewer bytes than it asked for and says so.
    }
  }

  #forget(before: number): void {
    let first = this.#chunks[0];
    while (first && this.#begin + first.length <= before) {
      this.#begin += first.length;
      this.#chunks.shift();
      first = this.#chunks[0];
    }
  }

  #collect(offset: number, end: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, end - offset));
    let at = this.#begin;
    for (const chunk of this.#chunks) {
      const from = Math.max(0, offset - at);
      const to = Math.min(chunk.length, end - at);
      if (from < to) {
        bytes.set(chunk.subarray(from, to), at + from - offset);
      }
      at += chunk.length;
    }
    return bytes;
  }
}

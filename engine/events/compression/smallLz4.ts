const MAGIC = 0x184d2204;
const HEAD_BYTES = 7;
const WORD_BYTES = 4;
const UNCOMPRESSED_BLOCK = 0x80000000;
/** Version 1 without content size, checksums and dictionary; blocks may be independent. */
const PLAIN_FLAGS: readonly number[] = [0x40, 0x60];
const LONG = 15;
const SHORTEST_MATCH = 4;

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/**
 * Unpacks small LZ4 frames (format version 1.6) of one block. Handing a frame of a hundred bytes to the library costs
 * ten times what unpacking it does. Only frames whose header the library has accepted before are taken, so that it
 * alone judges headers; whatever looks unusual is left to it.
 */
export class SmallLz4 {
  /** What was unpacked last. */
  readonly target: Uint8Array;
  readonly #known = new Set<number>();
  #length = 0;
  #at = 0;

  /** @param capacity most bytes of a frame's content. */
  constructor(capacity: number) {
    this.target = new Uint8Array(capacity);
  }

  /** Frames that begin like this one, which the library has unpacked, are taken from now on. */
  learn(bytes: Uint8Array): void {
    if (bytes.length > HEAD_BYTES && PLAIN_FLAGS.includes(bytes[4]!)) {
      this.#known.add(this.#headOf(bytes, 0));
    }
  }

  #headOf(bytes: Uint8Array, start: number): number {
    return bytes[start + 4]! | (bytes[start + 5]! << 8) | (bytes[start + 6]! << 16);
  }

  /** Unpacks the frame at [start, end) into `target`. @returns its bytes, or -1 where the library has to do it. */
  unpack(bytes: Uint8Array, start: number, end: number): number {
    const block = start + HEAD_BYTES + WORD_BYTES;
    const isKnown =
      block + WORD_BYTES <= end &&
      // Larger ones would hardly fit, and are found out late.
      end - start <= this.target.length / 2 &&
      word(bytes, start) === MAGIC &&
      this.#known.has(this.#headOf(bytes, start));
    if (!isKnown) {
      return -1;
    }
    const size = word(bytes, block - WORD_BYTES);
    const packed = size % UNCOMPRESSED_BLOCK;
    // One block, then the end mark.
    if (packed === 0 || block + packed + WORD_BYTES !== end || word(bytes, block + packed) !== 0) {
      return -1;
    }
    return size >= UNCOMPRESSED_BLOCK
      ? this.#stored(bytes, block, packed)
      : this.#block(bytes, block, packed);
  }

  #stored(bytes: Uint8Array, begin: number, length: number): number {
    if (length > this.target.length) {
      return -1;
    }
    for (let index = 0; index < length; index++) {
      this.target[index] = bytes[begin + index]!;
    }
    return length;
  }

  /** Sequences of literals and a match; the last one has literals only. */
  #block(bytes: Uint8Array, begin: number, length: number): number {
    const end = begin + length;
    this.#length = 0;
    this.#at = begin;
    while (this.#at < end) {
      const token = bytes[this.#at++]!;
      const literals = this.#count(bytes, token >> 4, end);
      if (this.#at + literals > end || this.#length + literals > this.target.length) {
        return -1;
      }
      this.#putLiterals(bytes, literals);
      if (this.#at === end) {
        return this.#length;
      }
      const distance = bytes[this.#at]! | (bytes[this.#at + 1]! << 8);
      this.#at += 2;
      const match = this.#count(bytes, token & LONG, end) + SHORTEST_MATCH;
      if (this.#at >= end || !this.#putMatch(distance, match)) {
        return -1;
      }
    }
    return -1;
  }

  /** A count of four bits, with the bytes that follow where it is long. */
  #count(bytes: Uint8Array, bits: number, end: number): number {
    let count = bits;
    for (let more = bits === LONG ? 255 : 0; more === 255 && this.#at < end; ) {
      more = bytes[this.#at++]!;
      count += more;
    }
    return count;
  }

  #putLiterals(bytes: Uint8Array, count: number): void {
    const { target } = this;
    let to = this.#length;
    let at = this.#at;
    for (const end = at + count; at < end; ) {
      target[to++] = bytes[at++]!;
    }
    this.#length = to;
    this.#at = at;
  }

  /** Repeats bytes from `distance` before. @returns false where there are none, or no room. */
  #putMatch(distance: number, count: number): boolean {
    const { target } = this;
    let to = this.#length;
    if (distance === 0 || distance > to || to + count > target.length) {
      return false;
    }
    for (const end = to + count; to < end; to++) {
      target[to] = target[to - distance]!;
    }
    this.#length = to;
    return true;
  }
}

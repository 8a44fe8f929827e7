const HASH_BITS = 14;
/** Knuth's multiplicative hash. */
const HASH_FACTOR = 2654435761;
const SHORTEST_MATCH = 4;
/** The last match begins at least this many bytes before the end (LZ4 block format, end of block restrictions). */
const END_DISTANCE = 12;
/** The last bytes are always literals. */
const LAST_LITERALS = 5;
const FARTHEST_MATCH = 65_535;
/** After this many misses in a row (as a power of two) the search takes longer steps. */
const SKIP_BITS = 6;

const UNCOMPRESSED_BLOCK = 0x80000000;
/** Frame: magic, version 1 with independent blocks, blocks of up to 4 MiB, check byte of these two. */
const FRAME_HEAD = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73);
const BLOCK_BYTES = 2 ** 22;

function readWord(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Writes what a length has beyond the 15 of its nibble, in bytes of 255 and a last one below. */
function putLength(target: Uint8Array, position: number, length: number): number {
  let rest = length - 15;
  let at = position;
  for (; rest >= 255; rest -= 255) {
    target[at++] = 255;
  }
  target[at++] = rest;
  return at;
}

/** Where a sequence's literals lie in the source: [begin, end). */
interface Literals {
  begin: number;
  end: number;
}

/** Copies byte by byte: literals are mostly few, and a call to copy them costs more than they do. */
function putLiterals(
  target: Uint8Array,
  position: number,
  source: Uint8Array,
  { begin, end }: Literals,
): number {
  let at = position;
  for (let place = begin; place < end; place++) {
    target[at++] = source[place]!;
  }
  return at;
}

/** Writes a token, its literals and, where `matchLength` is not 0, its match. @returns the next position. */
function putSequence(
  target: Uint8Array,
  position: number,
  source: Uint8Array,
  literals: Literals,
  distance: number,
  matchLength: number,
): number {
  const count = literals.end - literals.begin;
  const extra = matchLength === 0 ? 0 : matchLength - SHORTEST_MATCH;
  let at = position;
  target[at++] = (Math.min(count, 15) << 4) | Math.min(extra, 15);
  if (count >= 15) {
    at = putLength(target, at, count);
  }
  at = putLiterals(target, at, source, literals);
  if (matchLength > 0) {
    target[at++] = distance & 0xff;
    target[at++] = distance >> 8;
    if (extra >= 15) {
      at = putLength(target, at, extra);
    }
  }
  return at;
}

function matchLengthAt(source: Uint8Array, candidate: number, at: number): number {
  const limit = source.length - LAST_LITERALS;
  let end = at + SHORTEST_MATCH;
  while (end < limit && source[end] === source[candidate + end - at]) {
    end++;
  }
  return end - at;
}

/** Largest size that a block of `length` bytes can take. */
function compressBound(length: number): number {
  return length + Math.ceil(length / 255) + 16;
}

/**
 * Compresses one LZ4 block: greedy, with a table of the last place of each hash of four bytes.
 * @returns the block's bytes, at worst a little more than `source`.
 */
export function encodeLz4Block(source: Uint8Array): Uint8Array {
  const target = new Uint8Array(compressBound(source.length));
  const places = new Int32Array(2 ** HASH_BITS).fill(-1);
  const lastStart = source.length - END_DISTANCE;
  let written = 0;
  const literals: Literals = { begin: 0, end: 0 };
  let misses = 0;
  for (let at = 0; at < lastStart; ) {
    const word = readWord(source, at);
    const hash = Math.imul(word, HASH_FACTOR) >>> (32 - HASH_BITS);
    const candidate = places[hash]!;
    places[hash] = at;
    if (candidate < 0 || at - candidate > FARTHEST_MATCH || readWord(source, candidate) !== word) {
      at += 1 + (misses++ >> SKIP_BITS);
      continue;
    }
    const length = matchLengthAt(source, candidate, at);
    literals.end = at;
    written = putSequence(target, written, source, literals, at - candidate, length);
    at += length;
    literals.begin = at;
    misses = 0;
  }
  literals.end = source.length;
  written = putSequence(target, written, source, literals, 0, 0);
  return target.subarray(0, written);
}

/** Compresses bytes to one LZ4 frame (format version 1.6) without checksums. */
export function encodeLz4Frame(source: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [FRAME_HEAD];
  for (let offset = 0; offset < source.length; offset += BLOCK_BYTES) {
    const raw = source.subarray(offset, offset + BLOCK_BYTES);
    const block = encodeLz4Block(raw);
    const isSmaller = block.length < raw.length;
    const size = new Uint8Array(4);
    const word = isSmaller ? block.length : raw.length + UNCOMPRESSED_BLOCK;
    new DataView(size.buffer).setUint32(0, word, true);
    parts.push(size, isSmaller ? block : raw);
  }
  parts.push(new Uint8Array(4));
  return concatBytes(parts);
}

/** The parts one after the other. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

import { unzlibSync } from 'fflate';
import { limited } from '../../compression/limits';
import type { Lz4Decoder } from '../../compression/lz4';
import type { ZstdDecoder } from '../../compression/zstd';
import { decodeBlosclz } from './blosclz';
import { bitUnshuffle, unshuffle } from './shuffle';

const HEADER_BYTES = 16;
const FLAG_SHUFFLE = 0x01;
const FLAG_STORED = 0x02;
const FLAG_BIT_SHUFFLE = 0x04;
const FLAG_UNSPLIT = 0x10;
const MOST_SPLITS = 16;
const LEAST_SPLIT_BYTES = 128;
const CODECS = ['blosclz', 'lz4', 'snappy', 'zlib', 'zstd'] as const;

export interface BloscLibraries {
  readonly lz4: Lz4Decoder;
  readonly zstd: ZstdDecoder;
}

type Unpack = (bytes: Uint8Array, size: number) => Uint8Array;

/**
 * Unpacks a blosc 1 buffer (c-blosc's README_CHUNK_FORMAT): blocks that are split by the bytes of their elements,
 * packed one by one, and shuffled.
 * @throws Error where it is damaged or packed by snappy.
 */
export function decodeBlosc(bytes: Uint8Array, libraries: BloscLibraries): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint8(2);
  const size = limited(view.getUint32(4, true));
  if (flags & FLAG_STORED) {
    return bytes.slice(HEADER_BYTES, HEADER_BYTES + size);
  }
  const blockSize = view.getUint32(8, true);
  const unpack = unpackerOf(flags >> 5, libraries);
  const out = new Uint8Array(size);
  for (let block = 0; blockSize > 0 && block * blockSize < size; block++) {
    const length = Math.min(blockSize, size - block * blockSize);
    const start = view.getUint32(HEADER_BYTES + 4 * block, true);
    out.set(decodeBlock({ view, start, length, blockSize, unpack }), block * blockSize);
  }
  return out;
}

interface Block {
  readonly view: DataView;
  readonly start: number;
  readonly length: number;
  readonly blockSize: number;
  readonly unpack: Unpack;
}

function decodeBlock({ view, start, length, blockSize, unpack }: Block): Uint8Array {
  const flags = view.getUint8(2);
  const elementSize = view.getUint8(3);
  const isSplit =
    !(flags & FLAG_UNSPLIT) &&
    elementSize <= MOST_SPLITS &&
    blockSize / elementSize >= LEAST_SPLIT_BYTES &&
    length === blockSize;
  const splits = isSplit ? elementSize : 1;
  const splitSize = Math.floor(length / splits);
  const block = new Uint8Array(length);
  let at = start;
  for (let split = 0; split < splits; split++) {
    const packed = view.getInt32(at, true);
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at + 4, packed);
    block.set(packed === splitSize ? bytes : unpack(bytes, splitSize), split * splitSize);
    at += 4 + packed;
  }
  return reordered(block, flags, elementSize);
}

/** Bits of a block are shuffled only where its elements are a multiple of eight (c-blosc 1, shuffle.c). */
function reordered(block: Uint8Array, flags: number, elementSize: number): Uint8Array {
  if (flags & FLAG_BIT_SHUFFLE) {
    return Math.floor(block.length / elementSize) % 8 === 0 ? bitUnshuffle(block, elementSize) : block;
  }
  return flags & FLAG_SHUFFLE && elementSize > 1 ? unshuffle(block, elementSize) : block;
}

function unpackerOf(format: number, { lz4, zstd }: BloscLibraries): Unpack {
  const codec = CODECS[format];
  switch (codec) {
    case 'blosclz':
      return decodeBlosclz;
    case 'lz4':
      return (bytes, size) => lz4.block(bytes, size);
    case 'zlib':
      return (bytes, size) => unzlibSync(bytes, { out: new Uint8Array(size) });
    case 'zstd':
      return (bytes) => zstd.frame(bytes);
    default:
      throw new RangeError(`blosc with ${codec ?? `codec ${format}`} is not read`);
  }
}

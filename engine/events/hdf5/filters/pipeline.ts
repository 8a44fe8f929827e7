import { unzlibSync } from 'fflate';
import { limited } from '../../compression/limits';
import { lz4Decoder } from '../../compression/lz4';
import { zstdDecoder } from '../../compression/zstd';
import { type BloscLibraries, decodeBlosc } from './blosc';
import { decodeEcf } from './ecf';
import { decodeLzf } from './lzf';
import { unshuffle } from './shuffle';

/** A filter of a dataset, in the order of writing. */
export interface Filter {
  readonly id: number;
  readonly name: string;
  readonly cd_values: readonly number[];
}

const CHECKSUM_BYTES = 4;

/** Numbers as The HDF Group registered them. */
const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
const SCALE_OFFSET = 6;
const NBIT = 5;
const LZF = 32_000;
const BLOSC = 32_001;
const LZ4 = 32_004;
const ZSTD = 32_015;
const ECF = 0x8ecf;

/** Filters that the library itself undoes. */
const IN_LIBRARY = new Set([DEFLATE, SHUFFLE, FLETCHER32, NBIT, SCALE_OFFSET]);
/** Filters that are undone here. */
const HERE = new Set([DEFLATE, SHUFFLE, FLETCHER32, LZF, BLOSC, LZ4, ZSTD, ECF]);

const NAMES: Readonly<Record<number, string>> = {
  4: 'SZIP',
  307: 'bzip2',
  32008: 'bitshuffle',
  32013: 'ZFP',
  32026: 'blosc 2',
};

/** Whether the library reads such a dataset by itself. */
export function isInLibrary(filters: readonly Filter[]): boolean {
  return filters.every(({ id }) => IN_LIBRARY.has(id));
}

/** Name of the first filter that nobody here can undo, or undefined. */
export function unknownFilter(filters: readonly Filter[]): string | undefined {
  const unknown = isInLibrary(filters) ? undefined : filters.find(({ id }) => !HERE.has(id));
  return unknown && (NAMES[unknown.id] || unknown.name || `filter ${unknown.id}`);
}

/** What is known of the chunks of a dataset. */
export interface ChunkType {
  readonly filters: readonly Filter[];
  /** Bytes of one element. */
  readonly elementSize: number;
  /** Bytes of a whole chunk. */
  readonly size: number;
}

/** The function that unpacks raw chunks of a dataset. @throws Error (later, from the function) where one is damaged. */
export async function chunkUnpacker(type: ChunkType): Promise<(chunk: Uint8Array) => Uint8Array> {
  const libraries = { lz4: await lz4Decoder(), zstd: await zstdDecoder() };
  const steps = [...type.filters].reverse().map((filter) => undo(filter, type, libraries));
  return (chunk) => steps.reduce((bytes, step) => step(bytes), chunk);
}

type Step = (bytes: Uint8Array) => Uint8Array;

function undo({ id, cd_values }: Filter, type: ChunkType, libraries: BloscLibraries): Step {
  switch (id) {
    case DEFLATE:
      return (bytes) => unzlibSync(bytes);
    case SHUFFLE:
      return (bytes) => unshuffle(bytes, cd_values[0] ?? type.elementSize);
    case FLETCHER32:
      return (bytes) => bytes.subarray(0, bytes.length - CHECKSUM_BYTES);
    case LZF:
      return (bytes) => decodeLzf(bytes, limited(cd_values[2] ?? type.size));
    case BLOSC:
      return (bytes) => decodeBlosc(bytes, libraries);
    case LZ4:
      return (bytes) => decodeLz4Blocks(bytes, libraries);
    case ZSTD:
      return (bytes) => libraries.zstd.frame(bytes);
    case ECF:
      return decodeEcf;
    default:
      throw new RangeError(`filter ${id} is not known`);
  }
}

/** The LZ4 filter: total size (u64), block size (u32), then size and bytes of each block, big endian. */
function decodeLz4Blocks(bytes: Uint8Array, { lz4 }: BloscLibraries): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = limited(view.getUint32(0) * 2 ** 32 + view.getUint32(4));
  const blockSize = view.getUint32(8);
  const out = new Uint8Array(size);
  let at = 12;
  for (let filled = 0; filled < size && blockSize > 0; filled += blockSize) {
    const length = Math.min(blockSize, size - filled);
    const packed = view.getUint32(at);
    const block = bytes.subarray(at + 4, at + 4 + packed);
    out.set(packed === length ? block : lz4.block(block, length), filled);
    at += 4 + packed;
  }
  return out;
}

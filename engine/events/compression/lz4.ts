import type { WasmLz4 } from '@foxglove/wasm-lz4/dist/wasm-lz4';
import { decompressionError, limited } from './limits';

const MAGIC = 0x184d2204;
const FLAG_BLOCK_CHECKSUM = 0x10;
const FLAG_CONTENT_SIZE = 0x08;
const FLAG_DICTIONARY = 0x01;
const UNCOMPRESSED_BLOCK = 0x80000000;
/** LZ4 never grows more than this many times: one length byte adds 255 bytes. */
const HIGHEST_RATIO = 255;

/** A context cannot be given back to the module: after this many damaged frames the module is loaded anew. */
const MOST_LOST_CONTEXTS = 16;

/** A loaded module, with a context that no damaged frame has passed through. */
interface Instance {
  readonly module: WasmLz4;
  context: number;
  lostContexts: number;
}

const NO_MEMORY = new Uint8Array(0);

let loading: Promise<Instance> | undefined;
let instance: Instance | undefined;

async function load(): Promise<Instance> {
  // CommonJS package: the namespace's default is the function.
  const { default: createModule } = await import('@foxglove/wasm-lz4/dist/wasm-lz4');
  const module = await createModule();
  instance = { module, context: module._createDecompressionContext(), lostContexts: 0 };
  return instance;
}

/** Decoder of whole LZ4 frames and of raw LZ4 blocks; loads its WebAssembly once. */
export interface Lz4Decoder {
  /**
   * The content of one frame, in `memory` where that has room, else in new memory.
   * @throws Error where it is damaged or would exceed the limit of limits.ts.
   */
  frame(bytes: Uint8Array, memory?: Uint8Array): Uint8Array;
  /** The content of one raw block of at most 4 MiB, `size` bytes when unpacked. */
  block(bytes: Uint8Array, size: number): Uint8Array;
}

export async function lz4Decoder(): Promise<Lz4Decoder> {
  loading ??= load();
  await loading;
  return {
    frame: (bytes, memory) => decompress(bytes, limited(contentBound(bytes)), memory),
    block: (bytes, size) => decompress(frameAround(bytes), limited(size)),
  };
}

function decompress(bytes: Uint8Array, bound: number, memory: Uint8Array = NO_MEMORY): Uint8Array {
  const current = instance!;
  const { module } = current;
  const source = module._malloc(bytes.length);
  const target = module._malloc(bound);
  try {
    if (source === 0 || target === 0) {
      throw decompressionError(`${bound} bytes do not fit the memory`);
    }
    module.HEAPU8.set(bytes, source);
    const size = module._decompressFrame(current.context, target, bound, source, bytes.length);
    if (size < 0) {
      renewContext(current);
      throw decompressionError('the LZ4 frame is damaged');
    }
    const content = module.HEAPU8.subarray(target, target + size);
    if (size > memory.length) {
      return content.slice();
    }
    memory.set(content);
    return memory.subarray(0, size);
  } finally {
    module._free(source);
    module._free(target);
  }
}

/** After a damaged frame a context decodes nothing any more. */
function renewContext(current: Instance): void {
  current.context = current.module._createDecompressionContext();
  current.lostContexts++;
  if (current.lostContexts === MOST_LOST_CONTEXTS) {
    // The next frames still go through the old module; it goes when the new one is there.
    loading = load();
  }
}

/** Most bytes that a frame's content can have: from its header, or from its blocks. Frame format of LZ4, version 1.6. */
function contentBound(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 7 || view.getUint32(0, true) !== MAGIC) {
    throw decompressionError('no LZ4 frame begins here');
  }
  const flags = bytes[4]!;
  const highest = bytes.length * HIGHEST_RATIO;
  if (flags & FLAG_CONTENT_SIZE && bytes.length >= 15) {
    const size = view.getUint32(6, true) + view.getUint32(10, true) * 2 ** 32;
    return Math.min(size, highest);
  }
  const header = 7 + (flags & FLAG_CONTENT_SIZE ? 8 : 0) + (flags & FLAG_DICTIONARY ? 4 : 0);
  const blockSize = 2 ** (8 + 2 * ((bytes[5]! >> 4) & 7));
  return Math.min(blockCount(view, header, flags) * blockSize, highest);
}

function blockCount(view: DataView, header: number, flags: number): number {
  let count = 0;
  for (let offset = header; offset + 4 <= view.byteLength; count++) {
    const word = view.getUint32(offset, true);
    if (word === 0) {
      break;
    }
    offset += 4 + (word % UNCOMPRESSED_BLOCK) + (flags & FLAG_BLOCK_CHECKSUM ? 4 : 0);
  }
  return count;
}

/** A raw block inside a frame of one independent block without checksums (descriptor 60 70, its check byte 73). */
function frameAround(block: Uint8Array): Uint8Array {
  const frame = new Uint8Array(block.length + 15);
  frame.set([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]);
  new DataView(frame.buffer).setUint32(7, block.length, true);
  frame.set(block, 11);
  return frame;
}

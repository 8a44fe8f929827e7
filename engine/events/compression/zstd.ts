import { decompressionError, limited, plainBytes } from './limits';

const MAGIC = 0xfd2fb528;
const RLE = 1;
const MOST_BLOCK_BYTES = 131_072;

type Zstd = typeof import('@foxglove/wasm-zstd');

let library: Promise<Zstd> | undefined;

async function load(): Promise<Zstd> {
  const zstd = await import('@foxglove/wasm-zstd');
  await zstd.isLoaded;
  return zstd;
}

/** Decoder of whole zstd frames; loads its WebAssembly once. */
export interface ZstdDecoder {
  /**
   * The content of one frame, whether or not the frame states its size.
   * @throws Error where it is damaged or would exceed the limit of limits.ts.
   */
  frame(bytes: Uint8Array): Uint8Array;
}

export async function zstdDecoder(): Promise<ZstdDecoder> {
  library ??= load();
  const { decompress } = await library;
  return { frame: (bytes) => plainBytes(decompress(bytes, limited(contentBound(bytes)))) };
}

/** Most bytes that a frame's content can have: from its header, or from its blocks (RFC 8878, 3.1.1). */
function contentBound(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 6 || view.getUint32(0, true) !== MAGIC) {
    throw decompressionError('no zstd frame begins here');
  }
  const descriptor = bytes[4]!;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeOffset = 5 + (isSingleSegment ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const sizeLength = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  if (sizeOffset + sizeLength > bytes.length) {
    throw decompressionError('the zstd frame ends inside its header');
  }
  return sizeLength > 0 ? statedSize(view, sizeOffset, sizeLength) : blockBound(view, sizeOffset);
}

function statedSize(view: DataView, offset: number, length: number): number {
  switch (length) {
    case 1:
      return view.getUint8(offset);
    case 2:
      return view.getUint16(offset, true) + 256;
    case 4:
      return view.getUint32(offset, true);
    default:
      return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
  }
}

function blockBound(view: DataView, start: number): number {
  let bound = 0;
  for (let offset = start; offset + 3 <= view.byteLength; ) {
    const header = view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
    const type = (header >> 1) & 3;
    const size = header >> 3;
    bound += type === 2 ? MOST_BLOCK_BYTES : size;
    offset += 3 + (type === RLE ? 1 : size);
    if (header & 1) {
      break;
    }
  }
  return bound;
}

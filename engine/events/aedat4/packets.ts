import { lz4Decoder } from '../compression/lz4';
import { zstdDecoder } from '../compression/zstd';
import type { ReadAhead } from '../readAhead';
import type { WarningLog } from '../warningLog';
import type { Compression } from './header';

/** Bytes of stream id and size in front of every payload. */
const PACKET_HEADER_BYTES = 8;

/** Where a packet stands and what it says of itself. */
export interface PacketHeader {
  readonly offset: number;
  readonly stream: number;
  /** Compressed bytes behind the header. */
  readonly size: number;
  /** Byte behind the payload. */
  readonly end: number;
  /** The file ends inside the payload. */
  readonly isTruncated: boolean;
}

/** A flatbuffer of one packet, without its size prefix. */
export interface Payload {
  /** EVTS, FRME, IMUS, TRIG … */
  readonly type: string;
  readonly bytes: Uint8Array;
}

export type Unpack = (bytes: Uint8Array) => Uint8Array;

/** The function that undoes a file's compression. */
export async function unpacker(compression: Compression): Promise<Unpack> {
  switch (compression) {
    case 'none':
      return (bytes) => bytes;
    case 'LZ4':
    case 'LZ4 high': {
      const lz4 = await lz4Decoder();
      return (bytes) => lz4.frame(bytes);
    }
    default: {
      const zstd = await zstdDecoder();
      return (bytes) => zstd.frame(bytes);
    }
  }
}

/** Walks the packets between the header and the data table (or the end of the file). */
export class Packets {
  constructor(
    private readonly input: ReadAhead,
    private readonly end: number,
    private readonly unpack: Unpack,
    private readonly warnings: WarningLog,
  ) {}

  /** The packet header at `offset`, undefined at the end. Damage is a warning and ends the walk. */
  async header(offset: number): Promise<PacketHeader | undefined> {
    if (offset >= this.end) {
      return undefined;
    }
    const view = await this.input.view(offset, Math.min(PACKET_HEADER_BYTES, this.end - offset));
    if (view.byteLength < PACKET_HEADER_BYTES) {
      this.warnings.add('the file ends inside a packet header', offset);
      return undefined;
    }
    const stream = view.getInt32(0, true);
    const size = view.getInt32(4, true);
    if (size < 0 || stream < 0) {
      this.warnings.add('no packet begins here: what follows cannot be read', offset);
      return undefined;
    }
    const end = offset + PACKET_HEADER_BYTES + size;
    return { offset, stream, size, end, isTruncated: end > this.end };
  }

  /** The next packet of a stream at or behind `offset`. */
  async find(offset: number, stream: number): Promise<PacketHeader | undefined> {
    for (let header = await this.header(offset); header; header = await this.header(header.end)) {
      if (header.stream === stream) {
        return header;
      }
      if (header.isTruncated) {
        this.warnings.add('the file ends inside a packet', header.offset);
        return undefined;
      }
    }
    return undefined;
  }

  /** The unpacked payload; undefined with a warning where it is damaged or the file ends inside it. */
  async payload({ offset, size, isTruncated }: PacketHeader): Promise<Payload | undefined> {
    if (isTruncated) {
      this.warnings.add('the file ends inside a packet', offset);
      return undefined;
    }
    const packed = await this.input.bytes(offset + PACKET_HEADER_BYTES, size);
    try {
      return payloadOf(this.unpack(packed));
    } catch (error) {
      this.warnings.add(`a packet is damaged (${(error as Error).message})`, offset);
      return undefined;
    }
  }
}

/** Cuts off the u32 size in front of the flatbuffer and reads its type identifier. */
export function payloadOf(bytes: Uint8Array): Payload {
  if (bytes.length < 12) {
    throw new RangeError(`${bytes.length} bytes are no flatbuffer`);
  }
  return { type: String.fromCharCode(...bytes.subarray(8, 12)), bytes: bytes.subarray(4) };
}

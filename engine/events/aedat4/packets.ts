import { type Lz4Decoder, lz4Decoder } from '../compression/lz4';
import { SmallLz4 } from '../compression/smallLz4';
import { zstdDecoder } from '../compression/zstd';
import type { ReadAhead } from '../readAhead';
import type { WarningLog } from '../warningLog';
import type { Compression } from './header';
import type { PacketPlaces } from './packetPlaces';
import { type FileWindow, MOST_SHARED_BYTES, type SmallUnpacker } from './smallPackets';

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

/** Memory that contents use one after another. */
interface Scratch {
  memory: Uint8Array;
}

/** The content of packed bytes; with a scratch it is valid until the next content with the same one. */
export type Unpack = (bytes: Uint8Array, scratch?: Scratch) => Uint8Array;

/** How payloads of a file are unpacked. */
export interface Unpacker {
  /** @throws Error where the bytes are damaged. */
  readonly unpack: Unpack;
  /** The quick way for small payloads. */
  readonly small?: SmallUnpacker;
}

/** What undoes a file's compression. */
export async function unpacker(compression: Compression): Promise<Unpacker> {
  switch (compression) {
    case 'none':
      return { unpack: (bytes) => bytes };
    case 'LZ4':
    case 'LZ4 high':
      return lz4Unpacker(await lz4Decoder());
    default: {
      const zstd = await zstdDecoder();
      const unpack = (bytes: Uint8Array) => zstd.frame(bytes);
      return { unpack, small: new SmallZstd(unpack) };
    }
  }
}

/** Small frames through the library, without waiting in between. */
class SmallZstd implements SmallUnpacker {
  target: Uint8Array = new Uint8Array(0);

  constructor(private readonly frame: Unpack) {}

  unpack(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > MOST_SHARED_BYTES / 2) {
      return -1;
    }
    try {
      this.target = this.frame(bytes.subarray(start, end));
      return this.target.length;
    } catch {
      // The general way says what is wrong.
      return -1;
    }
  }
}

function lz4Unpacker(lz4: Lz4Decoder): Unpacker {
  const small = new SmallLz4(MOST_SHARED_BYTES);
  const unpack: Unpack = (bytes, scratch) => {
    const length = small.unpack(bytes, 0, bytes.length);
    if (length >= 0) {
      return small.target.slice(0, length);
    }
    const content = lz4.frame(bytes, scratch?.memory);
    small.learn(bytes);
    if (scratch && content.length > scratch.memory.length) {
      scratch.memory = content;
    }
    return content;
  };
  return { unpack, small };
}

/** Walks the packets between the header and the data table (or the end of the file). */
export class Packets {
  private readonly scratch: Scratch = { memory: new Uint8Array(0) };

  constructor(
    private readonly input: ReadAhead,
    private readonly end: number,
    private readonly unpack: Unpack,
    private readonly warnings: WarningLog,
    /** Where packets begin by the file's own table. */
    readonly places: PacketPlaces,
  ) {}

  /** The packet header at `offset` where it is in memory; undefined where {@link header} must be asked. */
  private heldHeader(offset: number): PacketHeader | undefined {
    const bytes =
      offset + PACKET_HEADER_BYTES <= this.end ? this.input.held(offset, PACKET_HEADER_BYTES) : undefined;
    return bytes && this.headerIn(bytes, offset);
  }

  /**
   * The packet header at `offset`, undefined at the end. Damage is a warning; where the file's table knows of a packet
   * behind it, that one is given, else the walk ends.
   */
  async header(offset: number): Promise<PacketHeader | undefined> {
    if (offset >= this.end) {
      return undefined;
    }
    const bytes = await this.input.bytes(offset, Math.min(PACKET_HEADER_BYTES, this.end - offset));
    if (bytes.length < PACKET_HEADER_BYTES) {
      this.warnings.add('the file ends inside a packet header', offset);
      return undefined;
    }
    const header = this.headerIn(bytes, offset);
    return header ?? this.headerBehindDamage(offset);
  }

  private headerBehindDamage(offset: number): Promise<PacketHeader | undefined> {
    const next = this.places.after(offset);
    if (!Number.isFinite(next)) {
      this.warnings.add('no packet begins here: what follows cannot be read', offset);
      return Promise.resolve(undefined);
    }
    this.warnings.add(
      `no packet begins here: the ${next - offset} bytes to the next one are left out`,
      offset,
    );
    return this.header(next);
  }

  /** Undefined for bytes that are no header. */
  private headerIn(bytes: Uint8Array, offset: number): PacketHeader | undefined {
    const stream = int32(bytes, 0);
    const size = int32(bytes, 4);
    const end = offset + PACKET_HEADER_BYTES + size;
    if (!this.places.allows(offset, stream, size, end)) {
      return undefined;
    }
    return { offset, stream, size, end, isTruncated: end > this.end };
  }

  /** The next packet of a stream at or behind `offset`. */
  async find(offset: number, stream: number): Promise<PacketHeader | undefined> {
    let at = offset;
    for (;;) {
      const header = this.heldHeader(at) ?? (await this.header(at));
      if (!header || header.stream === stream) {
        return header;
      }
      if (header.isTruncated) {
        this.warnings.add('the file ends inside a packet', header.offset);
        return undefined;
      }
      at = header.end;
    }
  }

  /** What is in memory of the file. Valid until the next call that reads. */
  window(): FileWindow {
    return this.input.window();
  }

  /** The unpacked payload, valid until the next one; undefined with a warning where it is damaged or the file ends inside it. */
  async payload({ offset, size, isTruncated }: PacketHeader): Promise<Payload | undefined> {
    if (isTruncated) {
      this.warnings.add('the file ends inside a packet', offset);
      return undefined;
    }
    const place = offset + PACKET_HEADER_BYTES;
    const packed = this.input.held(place, size) ?? (await this.input.bytes(place, size));
    try {
      return payloadOf(this.unpack(packed, this.scratch));
    } catch (error) {
      this.warnings.add(`a packet is damaged (${(error as Error).message})`, offset);
      return undefined;
    }
  }
}

function int32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Cuts off the u32 size in front of the flatbuffer and reads its type identifier. */
export function payloadOf(bytes: Uint8Array): Payload {
  if (bytes.length < 12) {
    throw new RangeError(`${bytes.length} bytes are no flatbuffer`);
  }
  return { type: typeNamed(int32(bytes, 8)), bytes: bytes.subarray(4) };
}

const typeNames = new Map<number, string>();
/** Files have a handful of types; damaged ones may have any. */
const MOST_TYPE_NAMES = 64;

/** The four letters of a type identifier, made once for each. */
function typeNamed(code: number): string {
  const known = typeNames.get(code);
  if (known !== undefined) {
    return known;
  }
  const name = String.fromCharCode(code & 0xff, (code >> 8) & 0xff, (code >> 16) & 0xff, code >>> 24);
  if (typeNames.size < MOST_TYPE_NAMES) {
    typeNames.set(code, name);
  }
  return name;
}

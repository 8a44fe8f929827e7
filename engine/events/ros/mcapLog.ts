import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { lz4Decoder } from '../compression/lz4';
import { zstdDecoder } from '../compression/zstd';
import { ReadAhead } from '../readAhead';
import type { JsonValue } from '../recording';
import type { WarningLog } from '../warningLog';
import {
  type ChannelRecord,
  McapFields,
  OPCODE,
  readChannel,
  readSchema,
  type SchemaRecord,
} from './mcapRecord';
import { type McapSummary, readMcapSummary } from './mcapSummary';
import type { MessageLog, ReadMessage, RosTopic } from './messageLog';
import { unpackedMessage } from './packedMessage';
import { shortName } from './rosMessage';

export const MCAP_MAGIC = [0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a];
/** Opcode and length in front of each record. */
const HEAD_BYTES = 9;
const MOST_SEARCHED_BYTES = 2 ** 28;
const MOST_CHUNK_BYTES = 2 ** 30;

type Unpack = (bytes: Uint8Array) => Uint8Array;

interface McapParts {
  readonly source: ByteSource;
  readonly warnings: WarningLog;
  readonly unpackers: ReadonlyMap<string, Unpack>;
}

/**
 * Opens an MCAP file: channels by its summary, or by walking where the writer did not finish it.
 * @throws SpikeBridgeError (data) where it holds no messages of ROS.
 */
export async function openMcapLog(source: ByteSource, warnings: WarningLog): Promise<MessageLog> {
  const lz4 = await lz4Decoder();
  const zstd = await zstdDecoder();
  const unpackers = new Map<string, Unpack>([
    ['', (bytes) => bytes],
    ['lz4', (bytes) => lz4.frame(bytes)],
    ['zstd', (bytes) => zstd.frame(bytes)],
  ]);
  const parts = { source, warnings, unpackers };
  const summary = await readMcapSummary(source, unpackers);
  if (!summary) {
    warnings.add('the file has no summary: its writer did not finish it', source.size);
  }
  const isComplete = summary !== undefined && namesAll(summary);
  const { channels, schemas } = isComplete ? summary : await searchChannels(parts);
  const messages = summary?.messages;
  const topics = [...channels.values()].flatMap((channel) => topicOf(channel, schemas, messages));
  if (topics.length === 0) {
    throw noRos(source, [...channels.values()], warnings);
  }
  return {
    topics,
    start: [MCAP_MAGIC.length, 0],
    messages: (topic) => mcapMessages(parts, topic),
    properties: [['summary', summary ? 'present' : 'absent']],
  };
}

/** Whether the summary repeats the channels and their schemas, which writers may leave out. */
function namesAll({ channels, schemas }: McapSummary): boolean {
  return channels.size > 0 && [...channels.values()].every(({ schemaId }) => schemas.has(schemaId));
}

function noRos(
  source: ByteSource,
  channels: readonly ChannelRecord[],
  warnings: WarningLog,
): SpikeBridgeError {
  const damage = warnings.list().map(({ message }) => ` (${message})`);
  const names = channels.map(({ topic, messageEncoding }) => `${topic} (${messageEncoding})`);
  return new SpikeBridgeError(
    'data',
    `this MCAP file holds no messages of ROS: ${names.join(', ') || 'it has no channels'}${damage.join('')}`,
    'Open a file that ros2 bag record (storage mcap) wrote.',
    { file: source.name },
  );
}

function topicOf(
  { id, topic, schemaId, messageEncoding }: ChannelRecord,
  schemas: ReadonlyMap<number, SchemaRecord>,
  messages: ReadonlyMap<number, number> | undefined,
): RosTopic[] {
  const schema = schemas.get(schemaId);
  if (messageEncoding !== 'cdr' && messageEncoding !== 'ros1') {
    return [];
  }
  const isText = schema?.encoding === 'ros2msg' || schema?.encoding === 'ros1msg';
  const count = messages?.get(id);
  return [
    {
      id,
      name: topic,
      type: shortName(schema?.name ?? ''),
      encoding: messageEncoding,
      definition: isText ? schema.text : '',
      ...(messages && { messages: count ?? 0 }),
    },
  ];
}

/** Channels and schemas among the first records of a file without a summary. */
async function searchChannels(parts: McapParts) {
  const channels = new Map<number, ChannelRecord>();
  const schemas = new Map<number, SchemaRecord>();
  const walk = new McapWalk(parts);
  for (let found = await walk.next([MCAP_MAGIC.length, 0]); found; found = await walk.next(found.next)) {
    try {
      if (found.opcode === OPCODE.channel) {
        const channel = readChannel(found.data);
        channels.set(channel.id, channel);
      } else if (found.opcode === OPCODE.schema) {
        const schema = readSchema(found.data);
        schemas.set(schema.id, schema);
      }
    } catch (error) {
      parts.warnings.add(`a record is damaged (${(error as Error).message})`, found.byteOffset);
    }
    if (found.byteOffset > MOST_SEARCHED_BYTES) {
      break;
    }
  }
  return { channels, schemas };
}

/** Channel (u16), sequence (u32), two times (u64), then the data. */
const MESSAGE_HEAD_BYTES = 22;

function mcapMessages(parts: McapParts, topic: RosTopic): ReadMessage {
  const walk = new McapWalk(parts);
  return async (place) => {
    for (let found = await walk.next(place); found; found = await walk.next(found.next)) {
      const { opcode, data, next, byteOffset } = found;
      const isMessage = opcode === OPCODE.message && data.length >= MESSAGE_HEAD_BYTES;
      if (isMessage && data[0]! + data[1]! * 256 === topic.id) {
        const progress = byteOffset / parts.source.size;
        const message = await unpackedMessage(data.slice(MESSAGE_HEAD_BYTES)).catch((error: Error) =>
          parts.warnings.add(`a message is damaged (${error.message})`, byteOffset),
        );
        if (message) {
          return { data: message, next, byteOffset, progress };
        }
      }
    }
    return undefined;
  };
}

interface FoundRecord {
  readonly opcode: number;
  readonly data: Uint8Array;
  readonly next: JsonValue;
  readonly byteOffset: number;
}

/** Walks records, into chunks. A place is the byte of a record and the byte inside its chunk. */
class McapWalk {
  readonly #input: ReadAhead;
  #chunkOffset = -1;
  #chunk: Uint8Array = new Uint8Array(0);
  #chunkEnd = 0;

  constructor(private readonly parts: McapParts) {
    this.#input = new ReadAhead(parts.source);
  }

  async next(place: JsonValue): Promise<FoundRecord | undefined> {
    let [offset, inside] = placeOf(place);
    while (offset < this.parts.source.size) {
      if (offset !== this.#chunkOffset) {
        const head = await this.#head(offset);
        if (!head || head.opcode === OPCODE.dataEnd || head.opcode === OPCODE.footer) {
          return undefined;
        }
        if (head.opcode === OPCODE.chunk) {
          await this.#openChunk(offset, head.end);
        } else if (isWanted(head.opcode)) {
          const data = (await this.#input.bytes(offset + HEAD_BYTES, head.end - offset - HEAD_BYTES)).slice();
          return { opcode: head.opcode, data, next: [head.end, 0], byteOffset: offset };
        } else {
          offset = head.end;
        }
        continue;
      }
      const found = this.#inChunk(inside);
      if (found) {
        return found;
      }
      offset = this.#chunkEnd;
      inside = 0;
    }
    return undefined;
  }

  async #head(offset: number): Promise<{ opcode: number; end: number } | undefined> {
    const { source, warnings } = this.parts;
    const view = await this.#input.view(offset, HEAD_BYTES);
    const isWhole = view.byteLength === HEAD_BYTES;
    const length = isWhole ? Number(view.getBigUint64(1, true)) : 0;
    const end = offset + HEAD_BYTES + length;
    const opcode = isWhole ? view.getUint8(0) : 0;
    // A chunk without compression is read as far as it goes.
    if (!isWhole || opcode === 0 || (end > source.size && opcode !== OPCODE.chunk)) {
      warnings.add('the file ends inside a record', offset);
      return undefined;
    }
    return { opcode, end };
  }

  #inChunk(inside: number): FoundRecord | undefined {
    const chunk = this.#chunk;
    if (inside >= chunk.length) {
      return undefined;
    }
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const length =
      inside + HEAD_BYTES <= chunk.length ? Number(view.getBigUint64(inside + 1, true)) : chunk.length;
    const end = inside + HEAD_BYTES + length;
    if (end > chunk.length) {
      this.parts.warnings.add('a chunk ends inside a record', this.#chunkOffset);
      return undefined;
    }
    return {
      opcode: chunk[inside]!,
      data: chunk.subarray(inside + HEAD_BYTES, end),
      next: [this.#chunkOffset, end],
      byteOffset: this.#chunkOffset,
    };
  }

  /** Unpacks the chunk; of one that is cut off, only what is not compressed is used. */
  async #openChunk(offset: number, end: number): Promise<void> {
    const { source, warnings, unpackers } = this.parts;
    this.#chunkOffset = offset;
    this.#chunkEnd = end;
    this.#chunk = new Uint8Array(0);
    const isCut = end > source.size;
    if (isCut) {
      warnings.add('the file ends inside a chunk', offset);
    }
    if (Math.min(end, source.size) - offset > MOST_CHUNK_BYTES) {
      warnings.add(`a chunk is larger than ${MOST_CHUNK_BYTES} bytes and was left out`, offset);
      return;
    }
    const bytes = (await source.read(offset + HEAD_BYTES, end - offset - HEAD_BYTES)).slice();
    try {
      this.#chunk = unpackChunk(bytes, unpackers, isCut);
    } catch (error) {
      warnings.add(`a chunk is damaged (${(error as Error).message})`, offset);
    }
  }
}

function isWanted(opcode: number): boolean {
  return opcode === OPCODE.message || opcode === OPCODE.channel || opcode === OPCODE.schema;
}

/** Start and end time, unpacked size (u64 each), checksum (u32), compression, then the records. */
function unpackChunk(bytes: Uint8Array, unpackers: ReadonlyMap<string, Unpack>, isCut: boolean): Uint8Array {
  const fields = new McapFields(bytes);
  fields.skip(28);
  const compression = fields.text();
  const records = isCut && compression === '' ? fields.rest(8) : fields.longBytes();
  const unpack = unpackers.get(compression);
  if (!unpack) {
    throw new RangeError(`compression ${compression} is not known`);
  }
  return unpack(records);
}

function placeOf(place: JsonValue): [offset: number, inside: number] {
  const [offset, inside] = Array.isArray(place) ? place : [];
  return [Number(offset), Number(inside ?? 0)];
}

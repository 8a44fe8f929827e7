import { Bag } from '@foxglove/rosbag';
import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { bz2Decoder } from '../compression/bz2';
import { lz4Decoder } from '../compression/lz4';
import { ReadAhead } from '../readAhead';
import type { JsonValue } from '../recording';
import type { WarningLog } from '../warningLog';
import { type BagRecord, parseRecord, readRecordHead } from './bagRecord';
import type { MessageLog, ReadMessage, RosMessage, RosTopic } from './messageLog';
import { shortName } from './rosMessage';

export const BAG_MAGIC = '#ROSBAG V2.0\n';
const OP = { message: 2, bagHeader: 3, chunk: 5, connection: 7 } as const;
/** Bytes of a bag without an index that are searched for connections. */
const MOST_SEARCHED_BYTES = 2 ** 28;
const MOST_INDEX_BYTES = 2 ** 28;
const MOST_CHUNK_BYTES = 2 ** 30;

type Unpack = (bytes: Uint8Array, size: number) => Uint8Array;

interface BagParts {
  readonly source: ByteSource;
  readonly warnings: WarningLog;
  readonly unpackers: ReadonlyMap<string, Unpack>;
}

/**
 * Opens a ROS 1 bag: connections by its index, or by walking where the writer did not finish it.
 * @throws SpikeBridgeError (data) where it is damaged in front.
 */
export async function openBagLog(source: ByteSource, warnings: WarningLog): Promise<MessageLog> {
  const parts = { source, warnings, unpackers: await unpackersByName() };
  const indexed = await indexedTopics(source);
  if (!indexed) {
    warnings.add('the bag has no index: its writer did not finish it', source.size);
  }
  const topics = indexed ?? (await searchedTopics(parts));
  return {
    topics,
    start: [BAG_MAGIC.length, 0],
    messages: (topic) => bagMessages(parts, topic),
    properties: [['index', indexed ? 'present' : 'absent']],
  };
}

async function unpackersByName(): Promise<ReadonlyMap<string, Unpack>> {
  const lz4 = await lz4Decoder();
  const bz2 = await bz2Decoder();
  return new Map<string, Unpack>([
    ['none', (bytes) => bytes],
    ['lz4', (bytes) => lz4.frame(bytes)],
    ['bz2', (bytes, size) => bz2.unpack(bytes, size)],
  ]);
}

/** Topics by the index at the end; undefined where there is none that can be read. */
async function indexedTopics(source: ByteSource): Promise<RosTopic[] | undefined> {
  const bag = new Bag({
    size: () => source.size,
    read: async (offset, length) => {
      if (length > MOST_INDEX_BYTES) {
        throw damaged(source, offset, `an index of ${length} bytes`);
      }
      return (await source.read(offset, length)).slice();
    },
  });
  try {
    const { indexPosition } = await bag.reader.readHeader();
    if (indexPosition <= BAG_MAGIC.length || indexPosition >= source.size) {
      return undefined;
    }
    await bag.open();
  } catch {
    return undefined;
  }
  const counts = new Map<number, number>();
  for (const { conn, count } of bag.chunkInfos.flatMap(({ connections }) => connections)) {
    counts.set(conn, (counts.get(conn) ?? 0) + count);
  }
  return [...bag.connections.values()].map(({ conn, topic, type = '', messageDefinition }) => ({
    id: conn,
    name: topic,
    type: shortName(type),
    encoding: 'ros1',
    definition: messageDefinition,
    messages: counts.get(conn) ?? 0,
  }));
}

function damaged(source: ByteSource, byteOffset: number, what: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    `ROS bag: ${what}`,
    'Run rosbag check and rosbag reindex on a copy of the bag.',
    { file: source.name, byteOffset },
  );
}

/** Connections among the first records of a bag without an index. */
async function searchedTopics(parts: BagParts): Promise<RosTopic[]> {
  const topics = new Map<number, RosTopic>();
  const walk = new RecordWalk(parts);
  for (let place = await walk.next([BAG_MAGIC.length, 0]); place; place = await walk.next(place.next)) {
    const { record } = place;
    if (record.op === OP.connection) {
      const topic = topicOf(record);
      topics.set(topic.id, topic);
    }
    if (place.byteOffset > MOST_SEARCHED_BYTES) {
      break;
    }
  }
  return [...topics.values()];
}

/** A connection record: topic in its header, type and definition in its data. */
function topicOf(record: BagRecord): RosTopic {
  const details = record.dataFields();
  return {
    id: record.number('conn'),
    name: record.text('topic'),
    type: shortName(details.get('type') ?? ''),
    encoding: 'ros1',
    definition: details.get('message_definition') ?? '',
  };
}

function bagMessages(parts: BagParts, topic: RosTopic): ReadMessage {
  const walk = new RecordWalk(parts);
  return async (place): Promise<RosMessage | undefined> => {
    for (let found = await walk.next(place); found; found = await walk.next(found.next)) {
      const { record, next, byteOffset } = found;
      if (record.op === OP.message && record.number('conn') === topic.id) {
        return { data: record.data, next, byteOffset, progress: byteOffset / parts.source.size };
      }
    }
    return undefined;
  };
}

interface FoundRecord {
  readonly record: BagRecord;
  readonly next: JsonValue;
  readonly byteOffset: number;
}

/** Walks records one by one, into chunks. A place is the byte of a record and the byte inside its chunk. */
class RecordWalk {
  readonly #input: ReadAhead;
  #chunkOffset = -1;
  #chunk: Uint8Array = new Uint8Array(0);
  #chunkEnd = 0;

  constructor(private readonly parts: BagParts) {
    this.#input = new ReadAhead(parts.source);
  }

  async next(place: JsonValue): Promise<FoundRecord | undefined> {
    let [offset, inside] = placeOf(place);
    while (offset < this.parts.source.size) {
      if (offset === this.#chunkOffset) {
        const found = this.#inChunk(inside);
        if (found) {
          return found;
        }
        offset = this.#chunkEnd;
        inside = 0;
        continue;
      }
      const head = await readRecordHead(this.#input, offset);
      if (!head) {
        this.parts.warnings.add('the file ends inside a record', offset);
        return undefined;
      }
      if (head.op === OP.chunk) {
        await this.#openChunk(offset, head.dataOffset, head.end, head);
        continue;
      }
      if (head.op === OP.message || head.op === OP.connection) {
        const record = parseRecord((await this.#input.bytes(offset, head.end - offset)).slice(), 0);
        return record && { record, next: [head.end, 0], byteOffset: offset };
      }
      offset = head.end;
    }
    return undefined;
  }

  #inChunk(inside: number): FoundRecord | undefined {
    if (inside >= this.#chunk.length) {
      return undefined;
    }
    const record = parseRecord(this.#chunk, inside);
    if (!record) {
      this.parts.warnings.add('a chunk ends inside a record', this.#chunkOffset);
      return undefined;
    }
    return { record, next: [this.#chunkOffset, record.end], byteOffset: this.#chunkOffset };
  }

  /** Unpacks the chunk; of one that is cut off, only what is not compressed is used. */
  async #openChunk(offset: number, data: number, end: number, head: BagHead): Promise<void> {
    const { source, warnings, unpackers } = this.parts;
    this.#chunkOffset = offset;
    this.#chunkEnd = end;
    this.#chunk = new Uint8Array(0);
    const compression = head.text('compression');
    const isCut = end > source.size;
    if (isCut) {
      warnings.add('the file ends inside a chunk', offset);
    }
    const unpack = unpackers.get(compression);
    if ((isCut && compression !== 'none') || end - data > MOST_CHUNK_BYTES || !unpack) {
      warnings.add(`a chunk cannot be unpacked (compression ${compression})`, offset);
      return;
    }
    const packed = (await source.read(data, end - data)).slice();
    try {
      this.#chunk = unpack(packed, head.number('size'));
    } catch (error) {
      warnings.add(`a chunk is damaged (${(error as Error).message})`, offset);
    }
  }
}

type BagHead = NonNullable<Awaited<ReturnType<typeof readRecordHead>>>;

function placeOf(place: JsonValue): [offset: number, inside: number] {
  const [offset, inside] = Array.isArray(place) ? place : [];
  return [Number(offset), Number(inside ?? 0)];
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type IWritable, McapWriter, type McapWriterOptions } from '@mcap/core';
import { Database } from 'node-sqlite3-wasm';
import { encodeLz4Frame } from '../../../engine/events/writers/lz4Encoder';
import type { EventRow } from '../recordings';
import { ByteWriter } from './bytes';

const TOPIC = '/dvs/events';
const SIZE = { width: 640, height: 480 };
const ROWS_PER_MESSAGE = 500;

const ROS1_DEFINITION = `std_msgs/Header header
uint32 height
uint32 width
dvs_msgs/Event[] events
================================================================================
MSG: std_msgs/Header
uint32 seq
time stamp
string frame_id
================================================================================
MSG: dvs_msgs/Event
uint16 x
uint16 y
time ts
bool polarity
`;

function messagesOf(rows: readonly EventRow[]): EventRow[][] {
  const count = Math.ceil(rows.length / ROWS_PER_MESSAGE);
  return Array.from({ length: count }, (_, index) =>
    rows.slice(index * ROWS_PER_MESSAGE, (index + 1) * ROWS_PER_MESSAGE),
  );
}

function arrayHead(count: number): ByteWriter {
  const writer = new ByteWriter().u32(0).u32(0).u32(0).u32(3).text('cam').u32(SIZE.height).u32(SIZE.width);
  return writer.u32(count);
}

/** dvs_msgs/EventArray of ROS 1: packed. */
function ros1Message(rows: readonly EventRow[]): Uint8Array {
  const writer = arrayHead(rows.length);
  for (const [t, x, y, polarity] of rows) {
    writer.u16(x).u16(y);
    writer
      .u32(Math.floor(t / 1e6))
      .u32((t % 1e6) * 1000)
      .u8(polarity);
  }
  return writer.done();
}

/** Fields of a bag record, each behind its length. */
function fields(entries: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const writer = new ByteWriter();
  for (const [name, value] of Object.entries(entries)) {
    writer
      .u32(name.length + 1 + value.length)
      .text(`${name}=`)
      .bytes(value);
  }
  return writer.done();
}

function record(header: Readonly<Record<string, Uint8Array>>, data: Uint8Array): Uint8Array {
  const head = fields(header);
  return new ByteWriter().u32(head.length).bytes(head).u32(data.length).bytes(data).done();
}

const u8 = (value: number) => Uint8Array.of(value);
const u32 = (value: number) => new ByteWriter().u32(value).done();
const text = (value: string) => new TextEncoder().encode(value);

/** The message type of a bag, and how its messages are written. */
export interface BagType {
  readonly type: string;
  readonly definition: string;
  readonly message: (rows: readonly EventRow[]) => Uint8Array;
}

const DVS_TYPE: BagType = { type: 'dvs_msgs/EventArray', definition: ROS1_DEFINITION, message: ros1Message };

/** The same array under Prophesee's name. */
export const PROPHESEE_TYPE: BagType = {
  ...DVS_TYPE,
  type: 'prophesee_event_msgs/EventArray',
  definition: ROS1_DEFINITION.replaceAll('dvs_msgs', 'prophesee_event_msgs'),
};

/** The oldest dvs_msgs: times as whole µs. */
export const OLDEST_TYPE: BagType = {
  ...DVS_TYPE,
  definition: ROS1_DEFINITION.replace('time ts', 'uint64 time'),
  message: (rows) => {
    const writer = arrayHead(rows.length);
    for (const [t, x, y, polarity] of rows) {
      writer.u16(x).u16(y).u64(t).u8(polarity);
    }
    return writer.done();
  },
};

function bagConnection({ type, definition }: BagType): Uint8Array {
  return record(
    { op: u8(7), conn: u32(0), topic: text(TOPIC) },
    fields({
      topic: text(TOPIC),
      type: text(type),
      md5sum: text('5e8beee5a6c107e504c2e78903c224b8'),
      message_definition: text(definition),
    }),
  );
}

function messageRecord(bytes: Uint8Array): Uint8Array {
  return record({ op: u8(2), conn: u32(0), time: new Uint8Array(8) }, bytes);
}

function bagHead(): ByteWriter {
  const head = { op: u8(3), index_pos: new Uint8Array(8), conn_count: u32(0), chunk_count: u32(0) };
  return new ByteWriter().text('#ROSBAG V2.0\n').bytes(record(head, new Uint8Array(4000).fill(0x20)));
}

/** Messages outside of chunks, as rosbag filters leave them. */
export function chunklessBag(rows: readonly EventRow[], type: BagType = DVS_TYPE): Uint8Array {
  const writer = bagHead().bytes(bagConnection(type));
  for (const message of messagesOf(rows)) {
    writer.bytes(messageRecord(type.message(message)));
  }
  return writer.done();
}

/** What one chunk of all rows holds. */
export function chunkContent(rows: readonly EventRow[]): Uint8Array {
  return new ByteWriter()
    .bytes(bagConnection(DVS_TYPE))
    .bytes(messageRecord(ros1Message(rows)))
    .done();
}

/** A bag of one chunk that somebody else has packed. */
export function packedBag(packed: Uint8Array, compression: string, size: number): Uint8Array {
  return bagHead()
    .bytes(record({ op: u8(5), compression: text(compression), size: u32(size) }, packed))
    .done();
}

/** A bag without an index, as a recorder leaves it that was broken off; two messages per chunk. */
export function unindexedBag(rows: readonly EventRow[], compression: 'none' | 'lz4'): Uint8Array {
  const connection = bagConnection(DVS_TYPE);
  const writer = bagHead();
  const messages = messagesOf(rows);
  for (let at = 0; at < messages.length; at += 2) {
    const chunk = new ByteWriter();
    if (at === 0) {
      chunk.bytes(connection);
    }
    for (const message of messages.slice(at, at + 2)) {
      chunk.bytes(messageRecord(ros1Message(message)));
    }
    const bytes = chunk.done();
    const data = compression === 'lz4' ? encodeLz4Frame(bytes) : bytes;
    writer.bytes(record({ op: u8(5), compression: text(compression), size: u32(bytes.length) }, data));
  }
  return writer.done();
}

export type PacketEncoding = 'mono' | 'libcaer' | 'libcaer_cmp';

function packetBytes(rows: readonly EventRow[], base: number, encoding: PacketEncoding): Uint8Array {
  const writer = new ByteWriter();
  for (const [t, x, y, polarity] of rows) {
    const time = t - base;
    if (encoding === 'mono') {
      writer
        .u32(time * 1000)
        .u16(x)
        .u16(y | (polarity << 15));
    } else if (encoding === 'libcaer') {
      writer.u32(((x << 17) | (y << 2) | (polarity << 1) | 1) >>> 0).u32(time);
    } else {
      writer
        .u16(time >> 12)
        .u16(0x1000 | (time & 0xfff))
        .u16(0x2000 | x)
        .u16(0x3000 | (polarity << 11) | y);
    }
  }
  return writer.done();
}

/** event_camera_msgs/EventPacket of ROS 2: CDR, aligned behind its four bytes of encapsulation. */
function packetMessage(rows: readonly EventRow[], encoding: PacketEncoding): Uint8Array {
  const base = rows[0]?.[0] ?? 0;
  const body = new ByteWriter().u32(0).u32(0).u32(4).text('cam\0').u32(SIZE.height).u32(SIZE.width).pad(8);
  body
    .u64(1)
    .u64(BigInt(base) * 1000n)
    .u32(encoding.length + 1)
    .text(`${encoding}\0`)
    .u8(0)
    .pad(4);
  const bytes = packetBytes(rows, base, encoding);
  body.u32(bytes.length).bytes(bytes);
  return new ByteWriter().bytes([0, 1, 0, 0]).bytes(body.done()).done();
}

const PACKET_TYPE = 'event_camera_msgs/msg/EventPacket';

/** A bag of ROS 2 in SQLite; types by name only, as before Iron. @param pack for bags that compress each message. */
export function db3File(
  rows: readonly EventRow[],
  encoding: PacketEncoding,
  pack: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): Uint8Array {
  const folder = mkdtempSync(path.join(tmpdir(), 'bag-'));
  const name = path.join(folder, 'bag.db3');
  const database = new Database(name);
  database.exec(
    'CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, ' +
      'serialization_format TEXT NOT NULL, offered_qos_profiles TEXT NOT NULL);' +
      'CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL, timestamp INTEGER NOT NULL, ' +
      'data BLOB NOT NULL); CREATE INDEX timestamp_idx ON messages (timestamp ASC)',
  );
  database.run('INSERT INTO topics VALUES(1, ?, ?, ?, ?)', [TOPIC, PACKET_TYPE, 'cdr', '']);
  database.exec('BEGIN');
  messagesOf(rows).forEach((message, index) => {
    database.run('INSERT INTO messages VALUES(NULL, 1, ?, ?)', [
      index,
      pack(packetMessage(message, encoding)),
    ]);
  });
  database.exec('COMMIT');
  database.close();
  const bytes = new Uint8Array(readFileSync(name));
  rmSync(folder, { recursive: true });
  return bytes;
}

const PACKET_DEFINITION = `std_msgs/Header header
uint32 height
uint32 width
uint64 seq
uint64 time_base
string encoding
bool is_bigendian
uint8[] events
================================================================================
MSG: std_msgs/Header
builtin_interfaces/Time stamp
string frame_id
================================================================================
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec
`;

type McapOptions = Pick<
  McapWriterOptions,
  'useChunks' | 'useSummaryOffsets' | 'compressChunk' | 'repeatChannels' | 'repeatSchemas'
> & {
  /** What ros2 bag record --compression-mode message does to each message. */
  readonly packMessage?: (message: Uint8Array) => Uint8Array;
};

/** A bag of ROS 2 in MCAP, chunks compressed by LZ4 or not at all. */
export async function mcapFile(
  rows: readonly EventRow[],
  encoding: PacketEncoding,
  isCompressed: boolean,
  options: McapOptions = {},
): Promise<Uint8Array> {
  const { packMessage, ...writerOptions } = options;
  const file = new ByteWriter();
  const writable: IWritable = {
    write: async (bytes) => {
      file.bytes(bytes.slice());
    },
    position: () => BigInt(file.length),
  };
  const compressChunk = (bytes: Uint8Array) => ({
    compression: 'lz4',
    compressedData: encodeLz4Frame(bytes.slice()),
  });
  const writer = new McapWriter({
    writable,
    chunkSize: 20_000,
    ...(isCompressed && { compressChunk }),
    ...writerOptions,
  });
  await writer.start({ profile: 'ros2', library: 'test' });
  const schema = { name: PACKET_TYPE, encoding: 'ros2msg', data: text(PACKET_DEFINITION) };
  const schemaId = await writer.registerSchema(schema);
  const channel = { schemaId, topic: TOPIC, messageEncoding: 'cdr', metadata: new Map<string, string>() };
  const channelId = await writer.registerChannel(channel);
  for (const [sequence, message] of messagesOf(rows).entries()) {
    const plain = packetMessage(message, encoding);
    const data = packMessage ? packMessage(plain) : plain;
    await writer.addMessage({ channelId, sequence, logTime: 0n, publishTime: 0n, data });
  }
  await writer.end();
  return file.done();
}

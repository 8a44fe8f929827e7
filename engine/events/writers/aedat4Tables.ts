import { Builder } from 'flatbuffers';
import type { SensorSize } from '../eventBatch';
import { putInt64 } from './byteRows';

/** Compression of an IOHeader: LZ4 (formats.md 4). */
const COMPRESSION_LZ4 = 1;
const MAGIC = '#!AER-DAT4.0\r\n';
/** The only stream. */
export const EVENT_STREAM = 0;

function escapeXml(text: string): string {
  const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => escapes[character]!);
}

/** The description of the streams that readers look for: source and sizes (formats.md 4). */
function infoNode({ width, height }: SensorSize, source: string, firstTime: number): string {
  const attribute = (key: string, type: string, value: string | number) =>
    `<attr key="${key}" type="${type}">${value}</attr>`;
  const root = '/mainloop/Recorder/outInfo/';
  return [
    '<dv version="2.0">',
    `<node name="outInfo" path="${root}">`,
    `<node name="${EVENT_STREAM}" path="${root}${EVENT_STREAM}/">`,
    attribute('compression', 'string', 'LZ4'),
    attribute('originalModuleName', 'string', 'spikebridge'),
    attribute('originalOutputName', 'string', 'events'),
    attribute('typeDescription', 'string', 'Array of events (polarity ON/OFF).'),
    attribute('typeIdentifier', 'string', 'EVTS'),
    `<node name="info" path="${root}${EVENT_STREAM}/info/">`,
    attribute('sizeX', 'int', width),
    attribute('sizeY', 'int', height),
    attribute('source', 'string', escapeXml(source)),
    attribute('tsOffset', 'long', firstTime),
    '</node>',
    '</node>',
    '</node>',
    '</dv>',
    '',
  ].join('\n');
}

/** What the head of a file says. */
export interface Aedat4Head {
  readonly size: SensorSize;
  readonly source: string;
  /** µs. */
  readonly firstTime: number;
  /** Where the data table begins; -1 while it is not written. */
  readonly dataTablePosition: number;
}

/** Magic line and IOHeader; the length does not depend on `dataTablePosition`, so that it can be written again. */
export function aedat4Head({ size, source, firstTime, dataTablePosition }: Aedat4Head): Uint8Array {
  const builder = new Builder(1024);
  builder.forceDefaults(true);
  const info = builder.createString(infoNode(size, source, firstTime));
  builder.startObject(3);
  builder.addFieldInt64(1, BigInt(dataTablePosition), -1n);
  builder.addFieldOffset(2, info, 0);
  builder.addFieldInt32(0, COMPRESSION_LZ4, 0);
  builder.finishSizePrefixed(builder.endObject(), 'IOHE');
  const header = builder.asUint8Array();
  const bytes = new Uint8Array(MAGIC.length + header.length);
  bytes.set(new TextEncoder().encode(MAGIC));
  bytes.set(header, MAGIC.length);
  return bytes;
}

/** A packet as the data table lists it. */
export interface PacketEntry {
  /** Of the payload, behind the 8 bytes of the packet's head. */
  readonly byteOffset: number;
  /** Payload bytes. */
  readonly size: number;
  readonly events: number;
  /** µs. */
  readonly first: number;
  readonly last: number;
}

/** The data table, size-prefixed and not yet compressed (formats.md 4). */
export function aedat4DataTable(entries: readonly PacketEntry[]): Uint8Array {
  const builder = new Builder(64 + 64 * entries.length);
  const offsets = entries.map((entry) => {
    builder.startObject(5);
    builder.addFieldInt64(0, BigInt(entry.byteOffset), 0n);
    builder.addFieldInt64(2, BigInt(entry.events), 0n);
    builder.addFieldInt64(3, BigInt(entry.first), 0n);
    builder.addFieldInt64(4, BigInt(entry.last), 0n);
    builder.prep(4, 8);
    builder.writeInt32(entry.size);
    builder.writeInt32(EVENT_STREAM);
    builder.addFieldStruct(1, builder.offset(), 0);
    return builder.endObject();
  });
  builder.startVector(4, offsets.length, 4);
  for (const offset of offsets.toReversed()) {
    builder.addOffset(offset);
  }
  const table = builder.endVector();
  builder.startObject(1);
  builder.addFieldOffset(0, table, 0);
  builder.finishSizePrefixed(builder.endObject(), 'FTAB');
  return builder.asUint8Array();
}

export const BYTES_PER_EVENT = 16;
/** Size prefix, root offset, type, vtable and table of a packet, as laid out below. */
const PACKET_HEAD_BYTES = 32;
const VTABLE = 12;
const TABLE = 20;
const VECTOR = 28;

/**
 * A packet of events being filled: a size-prefixed flatbuffer `EVTS` whose only field is the vector of events. The
 * events begin at a multiple of 8 from the size prefix, as the structs' 64-bit times ask for.
 */
export class EventPacket {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private count = 0;
  private firstTime = 0;
  private lastTime = 0;

  /** @param capacity most events it holds. */
  constructor(private readonly capacity: number) {
    this.bytes = new Uint8Array(PACKET_HEAD_BYTES + capacity * BYTES_PER_EVENT);
    this.view = new DataView(this.bytes.buffer);
    this.bytes.set(new TextEncoder().encode('EVTS'), 8);
    this.view.setUint32(4, TABLE - 4, true);
    this.view.setUint16(VTABLE, 6, true);
    this.view.setUint16(VTABLE + 2, 8, true);
    this.view.setUint16(VTABLE + 4, 4, true);
    this.view.setInt32(TABLE, TABLE - VTABLE, true);
    this.view.setUint32(TABLE + 4, VECTOR - TABLE - 4, true);
  }

  get events(): number {
    return this.count;
  }
  get isFull(): boolean {
    return this.count === this.capacity;
  }
  /** Time of the first event in µs. */
  get first(): number {
    return this.firstTime;
  }
  /** Time of the last event in µs. */
  get last(): number {
    return this.lastTime;
  }

  add(t: number, x: number, y: number, polarity: number): void {
    const at = PACKET_HEAD_BYTES + this.count * BYTES_PER_EVENT;
    putInt64(this.view, at, t);
    this.view.setInt16(at + 8, x, true);
    this.view.setInt16(at + 10, y, true);
    this.view.setUint8(at + 12, polarity);
    this.firstTime = this.count === 0 ? t : this.firstTime;
    this.lastTime = t;
    this.count++;
  }

  /** The packet's bytes, not yet compressed, on its own memory; it is empty afterwards. */
  take(): Uint8Array {
    const length = PACKET_HEAD_BYTES + this.count * BYTES_PER_EVENT;
    this.view.setUint32(0, length - 4, true);
    this.view.setUint32(VECTOR, this.count, true);
    this.count = 0;
    return this.bytes.subarray(0, length);
  }
}

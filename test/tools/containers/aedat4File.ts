import * as zstd from '@foxglove/wasm-zstd';
import { Builder } from 'flatbuffers';
import { encodeLz4Frame } from '../../../engine/events/writers/lz4Encoder';
import type { EventRow } from '../recordings';
import { ByteWriter } from './bytes';

export type Aedat4Compression = 'none' | 'LZ4' | 'LZ4 high' | 'ZSTD' | 'ZSTD high';

const CODES: Readonly<Record<Aedat4Compression, number>> = {
  none: 0,
  LZ4: 1,
  'LZ4 high': 2,
  ZSTD: 3,
  'ZSTD high': 4,
};

export interface Aedat4Options {
  readonly compression: Aedat4Compression;
  readonly withTable: boolean;
  readonly rowsPerPacket: number;
  readonly width: number;
  readonly height: number;
  /** Instead of what DV writes about its streams. */
  readonly xml?: string;
}

function xml({ width, height, xml: given }: Aedat4Options): string {
  if (given !== undefined) {
    return given;
  }
  const stream = (id: number, type: string, output: string) =>
    `<node name="${id}"><attr key="typeIdentifier" type="string">${type}</attr>` +
    `<attr key="originalOutputName" type="string">${output}</attr><node name="info">` +
    `<attr key="sizeX" type="int">${width}</attr><attr key="sizeY" type="int">${height}</attr>` +
    '<attr key="source" type="string">DVS &amp; test</attr></node></node>';
  const streams = `${stream(2, 'EVTS', 'events')}${stream(5, 'TRIG', 'triggers')}`;
  return `<dv version="2.0"><node name="outInfo">${streams}</node></dv>`;
}

function header(options: Aedat4Options, table: number): Uint8Array {
  const builder = new Builder(256);
  const info = builder.createString(xml(options));
  builder.startObject(3);
  builder.addFieldInt64(1, BigInt(table), -1n);
  builder.addFieldOffset(2, info, 0);
  builder.addFieldInt32(0, CODES[options.compression], 0);
  builder.finish(builder.endObject(), 'IOHE');
  return builder.asUint8Array();
}

/** Size-prefixed flatbuffer of one EVTS packet. */
function eventPayload(rows: readonly EventRow[]): Uint8Array {
  const builder = new Builder(1024);
  builder.startVector(16, rows.length, 8);
  for (const [t, x, y, polarity] of [...rows].reverse()) {
    builder.prep(8, 16);
    builder.pad(3);
    builder.writeInt8(polarity);
    builder.writeInt16(y);
    builder.writeInt16(x);
    builder.writeInt64(BigInt(t));
  }
  const vector = builder.endVector();
  builder.startObject(1);
  builder.addFieldOffset(0, vector, 0);
  builder.finishSizePrefixed(builder.endObject(), 'EVTS');
  return builder.asUint8Array();
}

/** Size-prefixed flatbuffer of one TRIG packet with one trigger (external rising). */
function triggerPayload(t: number): Uint8Array {
  const builder = new Builder(64);
  builder.startObject(2);
  builder.addFieldInt64(0, BigInt(t), 0n);
  builder.addFieldInt8(1, 1, 0);
  const trigger = builder.endObject();
  builder.startVector(4, 1, 4);
  builder.addOffset(trigger);
  const vector = builder.endVector();
  builder.startObject(1);
  builder.addFieldOffset(0, vector, 0);
  builder.finishSizePrefixed(builder.endObject(), 'TRIG');
  return builder.asUint8Array();
}

interface Entry {
  readonly offset: number;
  readonly stream: number;
  readonly size: number;
  readonly elements: number;
  readonly first: number;
  readonly last: number;
}

function tablePayload(entries: readonly Entry[]): Uint8Array {
  const builder = new Builder(1024);
  const tables = entries.map(({ offset, stream, size, elements, first, last }) => {
    builder.startObject(5);
    builder.addFieldInt64(0, BigInt(offset), 0n);
    builder.prep(4, 8);
    builder.writeInt32(size);
    builder.writeInt32(stream);
    builder.addFieldStruct(1, builder.offset(), 0);
    builder.addFieldInt64(2, BigInt(elements), 0n);
    builder.addFieldInt64(3, BigInt(first), 0n);
    builder.addFieldInt64(4, BigInt(last), 0n);
    return builder.endObject();
  });
  builder.startVector(4, tables.length, 4);
  for (const table of tables.reverse()) {
    builder.addOffset(table);
  }
  const vector = builder.endVector();
  builder.startObject(1);
  builder.addFieldOffset(0, vector, 0);
  builder.finishSizePrefixed(builder.endObject(), 'FTAB');
  return builder.asUint8Array();
}

async function packer(compression: Aedat4Compression): Promise<(bytes: Uint8Array) => Uint8Array> {
  await zstd.isLoaded;
  switch (compression) {
    case 'LZ4':
    case 'LZ4 high':
      return encodeLz4Frame;
    case 'ZSTD':
    case 'ZSTD high':
      return (bytes) => zstd.compress(bytes, compression === 'ZSTD' ? 3 : 19);
    default:
      return (bytes) => bytes;
  }
}

/** An AEDAT4 file by formats.md section 4, with a trigger between the packets of events. */
export async function encodeAedat4(rows: readonly EventRow[], options: Aedat4Options): Promise<Uint8Array> {
  const pack = await packer(options.compression);
  const begin = 18 + header(options, 1).length;
  const packets = new ByteWriter();
  const entries: Entry[] = [];
  const add = (stream: number, payload: Uint8Array, elements: number, first: number, last: number) => {
    const packed = pack(payload);
    entries.push({ offset: begin + packets.length + 8, stream, size: packed.length, elements, first, last });
    packets.u32(stream).u32(packed.length).bytes(packed);
  };
  for (let at = 0; at < rows.length; at += options.rowsPerPacket) {
    const part = rows.slice(at, at + options.rowsPerPacket);
    add(2, eventPayload(part), part.length, part[0]![0], part.at(-1)![0]);
    add(5, triggerPayload(part[0]![0]), 1, part[0]![0], part[0]![0]);
  }
  const head = header(options, options.withTable ? begin + packets.length : -2);
  const file = new ByteWriter().text('#!AER-DAT4.0\r\n').u32(head.length).bytes(head).bytes(packets.done());
  return options.withTable ? file.bytes(pack(tablePayload(entries))).done() : file.done();
}

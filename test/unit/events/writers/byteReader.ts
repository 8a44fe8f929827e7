/**
 * Readers of the written formats for tests, made from the format notes alone: they share nothing with the engine, so
 * that a misreading there cannot hide. They take only what the writers write, and fail on anything else.
 */
import assert from 'node:assert/strict';
import { unzipSync } from 'fflate';
import type { EventRow } from '../eventRows';

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Header lines and where the data begins, at the line `% end`. */
function percentHeader(bytes: Uint8Array): { lines: string[]; end: number } {
  const text = Buffer.from(bytes).toString('latin1');
  const end = text.indexOf('% end\n') + 6;
  assert.ok(end >= 6, 'the header ends with % end');
  return { lines: text.slice(0, end).split('\n').slice(0, -1), end };
}

/** ATIS 40-bit: x, y, polarity and 23 bits of time, big-endian. */
export function readAtis(bytes: Uint8Array): EventRow[] {
  assert.equal(bytes.length % 5, 0);
  return Array.from({ length: bytes.length / 5 }, (_, index) => {
    const [x, y, high, middle, low] = bytes.subarray(index * 5, index * 5 + 5);
    assert.notEqual(y, 240, 'no overflow marker');
    return [((high! & 0x7f) << 16) | (middle! << 8) | low!, x!, y!, high! >> 7];
  });
}

/** DAT version 2. */
export function readDat(bytes: Uint8Array): { rows: EventRow[]; lines: string[] } {
  const { lines, end } = percentHeader(bytes);
  assert.deepEqual([...bytes.subarray(end, end + 2)], [0x0c, 8]);
  const view = viewOf(bytes.subarray(end + 2));
  assert.equal(view.byteLength % 8, 0);
  const rows = Array.from({ length: view.byteLength / 8 }, (_, index): EventRow => {
    const word = view.getUint32(index * 8 + 4, true);
    return [view.getUint32(index * 8, true), word & 0x3fff, (word >>> 14) & 0x3fff, word >>> 28];
  });
  return { rows, lines };
}

/** EVT 3.0: words to events; the time's wraps are counted as OpenEB does. */
export function readEvt3(bytes: Uint8Array): { rows: EventRow[]; lines: string[]; words: number[] } {
  const { lines, end } = percentHeader(bytes);
  const view = viewOf(bytes.subarray(end));
  const words = Array.from({ length: view.byteLength / 2 }, (_, index) => view.getUint16(index * 2, true));
  return { rows: evt3Rows(words), lines, words };
}

interface Evt3State {
  high: number;
  low: number;
  overflows: number;
  y: number;
  base: number;
  polarity: number;
}

/** Events of EVT 3.0 words. */
export function evt3Rows(words: readonly number[]): EventRow[] {
  const state: Evt3State = { high: -1, low: 0, overflows: 0, y: -1, base: -1, polarity: 0 };
  return words.flatMap((word) => evt3Events(state, word >> 12, word & 0xfff));
}

function evt3Events(state: Evt3State, type: number, value: number): EventRow[] {
  const row = (x: number, polarity: number): EventRow => {
    assert.ok(state.high >= 0 && state.y >= 0, 'time and row are known');
    return [state.overflows * 2 ** 24 + state.high * 4096 + state.low, x, state.y, polarity];
  };
  switch (type) {
    case 0x0:
      state.y = value & 0x7ff;
      return [];
    case 0x2:
      return [row(value & 0x7ff, value >> 11)];
    case 0x3:
      state.base = value & 0x7ff;
      state.polarity = value >> 11;
      return [];
    case 0x4:
    case 0x5: {
      const pixels = type === 0x4 ? 12 : 8;
      assert.ok(value < 2 ** pixels);
      const base = state.base;
      state.base += pixels;
      const set = Array.from({ length: pixels }, (_, bit) => bit).filter((bit) => (value >> bit) & 1);
      return set.map((bit) => row(base + bit, state.polarity));
    }
    case 0x6:
      state.low = value;
      return [];
    case 0x8:
      if (value <= state.high - 2048) {
        state.overflows++;
      }
      state.low = value === state.high ? state.low : 0;
      state.high = value;
      return [];
    default:
      return assert.fail(`word type ${type}`);
  }
}

/** A raw LZ4 block, unpacked byte by byte. */
export function unpackLz4Block(block: Uint8Array): Uint8Array {
  const output: number[] = [];
  let at = 0;
  const longLength = (nibble: number) => {
    let length = nibble;
    for (let more = nibble === 15; more; ) {
      const byte = block[at++]!;
      length += byte;
      more = byte === 255;
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = longLength(token >> 4);
    output.push(...block.subarray(at, at + literals));
    at += literals;
    if (at < block.length) {
      const distance = block[at]! | (block[at + 1]! << 8);
      at += 2;
      const length = longLength(token & 15) + 4;
      assert.ok(distance > 0 && distance <= output.length, 'a match lies in what was unpacked');
      for (let count = 0; count < length; count++) {
        output.push(output[output.length - distance]!);
      }
    }
  }
  return Uint8Array.from(output);
}

/** An LZ4 frame without checksums. */
export function unpackLz4Frame(frame: Uint8Array): Uint8Array {
  const view = viewOf(frame);
  assert.deepEqual([...frame.subarray(0, 7)], [0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]);
  const parts: Uint8Array[] = [];
  let at = 7;
  for (let word = view.getUint32(at, true); word !== 0; word = view.getUint32(at, true)) {
    const size = word & 0x7fffffff;
    const block = frame.subarray(at + 4, at + 4 + size);
    parts.push(word >>> 31 ? block : unpackLz4Block(block));
    at += 4 + size;
  }
  assert.equal(at + 4, frame.length, 'the end mark is the end');
  return Buffer.concat(parts);
}

/** A flatbuffer behind its size: the place of a field of the table at `table`, or undefined. */
function fieldOf(view: DataView, table: number, field: number): number | undefined {
  const vtable = table - view.getInt32(table, true);
  const offset =
    4 + field * 2 < view.getUint16(vtable, true) ? view.getUint16(vtable + 4 + field * 2, true) : 0;
  return offset === 0 ? undefined : table + offset;
}

/** Checks size prefix and type; answers the place of the root table. */
function rootOf(bytes: Uint8Array, type: string): number {
  const view = viewOf(bytes);
  assert.equal(view.getUint32(0, true) + 4, bytes.length, 'the size prefix is the size');
  assert.equal(Buffer.from(bytes.subarray(8, 12)).toString('latin1'), type);
  return 4 + view.getUint32(4, true);
}

/** Follows an offset and reads the number of elements: [place of the first, number]. */
function vectorAt(view: DataView, place: number): [number, number] {
  const vector = place + view.getUint32(place, true);
  return [vector + 4, view.getUint32(vector, true)];
}

export interface Aedat4File {
  readonly rows: EventRow[];
  readonly compression: number;
  readonly xml: string;
  /** [byte offset, stream, size, events, first, last] per entry. */
  readonly table: number[][];
  /** The same, as found by walking the packets. */
  readonly packets: number[][];
}

function aedat4Rows(payload: Uint8Array): EventRow[] {
  const view = viewOf(payload);
  const [first, count] = vectorAt(view, fieldOf(view, rootOf(payload, 'EVTS'), 0)!);
  assert.equal(first % 8, 0, 'structs with 64-bit members are aligned');
  return Array.from({ length: count }, (_, index): EventRow => {
    const at = first + index * 16;
    return [
      Number(view.getBigInt64(at, true)),
      view.getInt16(at + 8, true),
      view.getInt16(at + 10, true),
      view.getUint8(at + 12),
    ];
  });
}

function aedat4Table(bytes: Uint8Array): number[][] {
  const view = viewOf(bytes);
  const [first, count] = vectorAt(view, fieldOf(view, rootOf(bytes, 'FTAB'), 0)!);
  return Array.from({ length: count }, (_, index) => {
    const place = first + index * 4;
    const entry = place + view.getUint32(place, true);
    const long = (field: number) => {
      const at = fieldOf(view, entry, field);
      return at === undefined ? 0 : Number(view.getBigInt64(at, true));
    };
    const packet = fieldOf(view, entry, 1)!;
    return [long(0), view.getInt32(packet, true), view.getInt32(packet + 4, true), long(2), long(3), long(4)];
  });
}

/** AEDAT 4.0 with one stream of events in LZ4 frames. */
export function readAedat4(bytes: Uint8Array): Aedat4File {
  assert.equal(Buffer.from(bytes.subarray(0, 14)).toString('latin1'), '#!AER-DAT4.0\r\n');
  const headerSize = viewOf(bytes).getUint32(14, true) + 4;
  const header = bytes.slice(14, 14 + headerSize);
  const view = viewOf(header);
  const root = rootOf(header, 'IOHE');
  const tablePosition = Number(view.getBigInt64(fieldOf(view, root, 1)!, true));
  const [xmlAt, xmlLength] = vectorAt(view, fieldOf(view, root, 2)!);
  const rows: EventRow[] = [];
  const packets: number[][] = [];
  let at = 14 + headerSize;
  while (at < tablePosition) {
    const head = viewOf(bytes.subarray(at, at + 8));
    const size = head.getInt32(4, true);
    const events = aedat4Rows(unpackLz4Frame(bytes.subarray(at + 8, at + 8 + size)));
    packets.push([at + 8, head.getInt32(0, true), size, events.length, events[0]![0], events.at(-1)![0]]);
    for (const row of events) {
      rows.push(row);
    }
    at += 8 + size;
  }
  assert.equal(at, tablePosition, 'the packets end where the table begins');
  return {
    rows,
    packets,
    compression: view.getInt32(fieldOf(view, root, 0)!, true),
    xml: Buffer.from(header.subarray(xmlAt, xmlAt + xmlLength)).toString(),
    table: aedat4Table(unpackLz4Frame(bytes.subarray(tablePosition))),
  };
}

/** A .npy file: its dictionary as text, and its data. */
export function readNpy(bytes: Uint8Array): { dictionary: string; data: DataView; rows: number } {
  assert.deepEqual([...bytes.subarray(0, 8)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const length = viewOf(bytes).getUint16(8, true);
  assert.equal((10 + length) % 64, 0, 'the data is aligned');
  const dictionary = Buffer.from(bytes.subarray(10, 10 + length)).toString('latin1');
  assert.ok(dictionary.endsWith('\n'));
  const [, rows] = /'fortran_order': False, 'shape': \((\d+),\)/.exec(dictionary)!;
  return { dictionary, data: viewOf(bytes.subarray(10 + length)), rows: Number(rows) };
}

/** A structured array t i8, x u2, y u2, p u1. */
export function readNpyEvents(bytes: Uint8Array): EventRow[] {
  const { dictionary, data, rows } = readNpy(bytes);
  assert.ok(dictionary.includes("'descr': [('t', '<i8'), ('x', '<u2'), ('y', '<u2'), ('p', '|u1')]"));
  assert.equal(data.byteLength, rows * 13);
  return Array.from({ length: rows }, (_, index) => [
    Number(data.getBigInt64(index * 13, true)),
    data.getUint16(index * 13 + 8, true),
    data.getUint16(index * 13 + 10, true),
    data.getUint8(index * 13 + 12),
  ]);
}

/** An archive of the columns t, x, y, p. */
export function readNpzEvents(bytes: Uint8Array): EventRow[] {
  const members = unzipSync(bytes);
  assert.deepEqual(Object.keys(members), ['t.npy', 'x.npy', 'y.npy', 'p.npy']);
  const [t, x, y, p] = Object.values(members).map((member) => readNpy(Uint8Array.from(member)));
  return Array.from({ length: t!.rows }, (_, index) => [
    Number(t!.data.getBigInt64(index * 8, true)),
    x!.data.getUint16(index * 2, true),
    y!.data.getUint16(index * 2, true),
    p!.data.getUint8(index),
  ]);
}

/** Lines t_us,x,y,p behind their header. */
export function readCsv(bytes: Uint8Array): EventRow[] {
  const [header, ...lines] = Buffer.from(bytes).toString().trimEnd().split('\n');
  assert.equal(header, 't_us,x,y,p');
  return lines.map((line) => line.split(',').map(Number) as unknown as EventRow);
}

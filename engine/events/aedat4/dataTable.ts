import type { ByteSource } from '../byteSource';
import type { WarningLog } from '../warningLog';
import { FlatTable } from './flatTable';
import type { Aedat4Header } from './header';
import { payloadOf, type Unpack } from './packets';

/** One packet in the file's own table. */
export interface TableEntry {
  /** Byte of the packet's header. */
  readonly offset: number;
  readonly stream: number;
  readonly elements: number;
  /** µs. */
  readonly first: number;
  readonly last: number;
}

/** Largest table that is read: 2^28 bytes are millions of packets. */
const MOST_TABLE_BYTES = 2 ** 28;

/** The file's table of packets; undefined, with a warning where it is damaged, when there is none. */
export async function readDataTable(
  source: ByteSource,
  { table, packets }: Aedat4Header,
  unpack: Unpack,
  warnings: WarningLog,
): Promise<readonly TableEntry[] | undefined> {
  if (table === undefined) {
    return undefined;
  }
  const size = source.size - table;
  if (size <= 0 || size > MOST_TABLE_BYTES) {
    warnings.add('the data table is missing: the file was cut off', source.size);
    return undefined;
  }
  try {
    const { bytes } = payloadOf(unpack(await source.read(table, size)));
    const entries = readEntries(bytes);
    return entries.every(({ offset }) => offset >= packets && offset < table) ? entries : undefined;
  } catch (error) {
    warnings.add(`the data table is damaged (${(error as Error).message})`, table);
    return undefined;
  }
}

const FIELDS = 5;

/** Places of the five fields of tables with the same layout, from the table's own place; 0 for missing ones. */
function layoutAt(view: DataView, vtable: number): number[] {
  const size = view.getUint16(vtable, true);
  return Array.from({ length: FIELDS }, (_, field) =>
    4 + 2 * field + 2 <= size ? view.getUint16(vtable + 4 + 2 * field, true) : 0,
  );
}

function readLong(view: DataView, place: number): number {
  return view.getInt32(place + 4, true) * 2 ** 32 + view.getUint32(place, true);
}

/**
 * The entries. There may be millions, which nearly always share one layout. Entries point at the payload, eight bytes
 * behind the packet's header.
 * @throws RangeError where an offset points outside.
 */
function readEntries(bytes: Uint8Array): TableEntry[] {
  const { first, count } = FlatTable.root(bytes).vector(0, 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: TableEntry[] = [];
  let known = -1;
  let layout: number[] = [];
  for (let place = first; place < first + 4 * count; place += 4) {
    const table = place + view.getUint32(place, true);
    const vtable = table - view.getInt32(table, true);
    if (vtable !== known) {
      layout = layoutAt(view, vtable);
      known = vtable;
    }
    const long = (field: number) => (layout[field] ? readLong(view, table + layout[field]) : 0);
    entries.push({
      offset: long(0) - 8,
      stream: layout[1] ? view.getInt32(table + layout[1], true) : 0,
      elements: long(2),
      first: long(3),
      last: long(4),
    });
  }
  return entries;
}

/** What a table tells of one stream. */
export interface StreamTable {
  readonly entries: readonly TableEntry[];
  readonly count: number;
  /** µs, as the first and the last entry state it. */
  readonly first: number;
  readonly last: number;
}

type StreamTables = Map<number, StreamTable | undefined>;
const knownTables = new WeakMap<readonly TableEntry[], StreamTables>();

/** What the table states of a stream; undefined where it lists places only (old writers leave counts and times 0). */
export function tableOf(entries: readonly TableEntry[] | undefined, stream: number): StreamTable | undefined {
  if (!entries) {
    return undefined;
  }
  const tables: StreamTables = knownTables.get(entries) ?? new Map();
  knownTables.set(entries, tables);
  if (!tables.has(stream)) {
    tables.set(stream, summedUp(entries.filter((entry) => entry.stream === stream)));
  }
  return tables.get(stream);
}

function summedUp(own: readonly TableEntry[]): StreamTable | undefined {
  const filled = own.filter(({ elements }) => elements > 0).sort((one, other) => one.offset - other.offset);
  if (filled.length === 0 || own.some(({ elements, first }) => elements <= 0 && first === 0)) {
    return undefined;
  }
  return {
    entries: filled,
    count: filled.reduce((sum, { elements }) => sum + elements, 0),
    first: filled[0]!.first,
    last: filled.at(-1)!.last,
  };
}

/** Place of the first packet of the stream whose last element is not before `t` (µs), else of the last packet. */
export function packetBefore({ entries }: StreamTable, t: number): number {
  return (entries.find(({ last }) => last >= t) ?? entries.at(-1)!).offset;
}

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
    const entries = Array.from(FlatTable.root(bytes).tables(0), readEntry);
    return entries.every(({ offset }) => offset >= packets && offset < table) ? entries : undefined;
  } catch (error) {
    warnings.add(`the data table is damaged (${(error as Error).message})`, table);
    return undefined;
  }
}

/** Entries point at the payload, eight bytes behind the packet's header. */
function readEntry(entry: FlatTable): TableEntry {
  const info = entry.place(1, 8);
  return {
    offset: entry.long(0) - 8,
    stream: info === undefined ? 0 : entry.buffer.readInt32(info),
    elements: entry.long(2),
    first: entry.long(3),
    last: entry.long(4),
  };
}

/** What a table tells of one stream. */
export interface StreamTable {
  readonly entries: readonly TableEntry[];
  readonly count: number;
  /** µs, as the first and the last entry state it. */
  readonly first: number;
  readonly last: number;
}

/** What the table states of a stream; undefined where it lists places only (old writers leave counts and times 0). */
export function tableOf(entries: readonly TableEntry[] | undefined, stream: number): StreamTable | undefined {
  const own = entries?.filter((entry) => entry.stream === stream) ?? [];
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

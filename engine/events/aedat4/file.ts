import type { ByteSource } from '../byteSource';
import { ReadAhead } from '../readAhead';
import type { WarningLog } from '../warningLog';
import type { TableEntry } from './dataTable';
import type { Aedat4Header } from './header';
import { PacketPlaces } from './packetPlaces';
import { Packets, type Unpacker } from './packets';
import type { StreamDescription } from './streams';

/** What the parts of an open file share. */
export interface Aedat4File {
  readonly source: ByteSource;
  readonly header: Aedat4Header;
  readonly streams: readonly StreamDescription[];
  readonly table: readonly TableEntry[] | undefined;
  readonly unpacker: Unpacker;
  readonly warnings: WarningLog;
}

/** Byte behind the last packet. */
export function packetsEnd({ source, header }: Aedat4File): number {
  return Math.min(source.size, header.table ?? source.size);
}

/** A walk over the packets with a buffer of its own. */
export function packetsOf(file: Aedat4File): Packets {
  const { source, unpacker, warnings, table } = file;
  const places = new PacketPlaces(table);
  return new Packets(new ReadAhead(source), packetsEnd(file), unpacker.unpack, warnings, places);
}

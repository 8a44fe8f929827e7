import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { FlatTable } from './flatTable';
import { parseStreams, type StreamDescription } from './streams';

/** Bytes of the first line, `#!AER-DAT4.0\r\n`. */
export const MAGIC = '#!AER-DAT4.0\r\n';
const MOST_HEADER_BYTES = 1 << 26;
const COMPRESSIONS = ['none', 'LZ4', 'LZ4 high', 'ZSTD', 'ZSTD high'] as const;

export type Compression = (typeof COMPRESSIONS)[number];

/** formats.md section 4: the IOHeader. */
export interface Aedat4Header {
  readonly compression: Compression;
  /** Byte of the first packet. */
  readonly packets: number;
  /** Byte of the data table, undefined where the writer did not finish the file. */
  readonly table: number | undefined;
  readonly streams: readonly StreamDescription[];
}

function damaged(source: ByteSource, message: string, cause?: unknown): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    `AEDAT 4.0: ${message}`,
    'The file is damaged in its header: copy it again from where it was recorded.',
    { file: source.name, byteOffset: MAGIC.length },
    { cause },
  );
}

/**
 * Reads the IOHeader behind the first line.
 * @throws SpikeBridgeError (data) where it is damaged or names a compression that nobody knows.
 */
export async function readHeader(source: ByteSource): Promise<Aedat4Header> {
  const prefix = await source.read(MAGIC.length, 4);
  if (prefix.length < 4) {
    throw damaged(source, `the file ends inside its header: it has ${source.size} bytes`);
  }
  const size = new DataView(prefix.buffer, prefix.byteOffset, 4).getUint32(0, true);
  if (size < 8 || size > MOST_HEADER_BYTES) {
    throw damaged(source, `the header says that it has ${size} bytes, which none has`);
  }
  const end = MAGIC.length + 4 + size;
  if (end > source.size) {
    throw damaged(source, `the file ends inside its header: it has ${source.size} of ${end} bytes`);
  }
  const bytes = (await source.read(MAGIC.length + 4, size)).slice();
  try {
    return parseHeader(bytes, end, source);
  } catch (error) {
    throw error instanceof SpikeBridgeError ? error : damaged(source, (error as Error).message, error);
  }
}

function parseHeader(bytes: Uint8Array, packets: number, source: ByteSource): Aedat4Header {
  const root = FlatTable.root(bytes);
  const compression = COMPRESSIONS[root.int(0)];
  if (!compression) {
    throw damaged(source, `compression ${root.int(0)} is none of 0 to 4`);
  }
  const table = root.long(1, -1);
  return {
    compression,
    packets,
    table: table >= packets ? table : undefined,
    streams: parseStreams(new TextDecoder().decode(root.bytes(2))),
  };
}

import type { ReadAhead } from '../readAhead';

/** Header fields of a record are short but for a connection's topic and a chunk's nothing. */
const MOST_HEADER_BYTES = 1 << 20;

type Fields = ReadonlyMap<string, Uint8Array>;

/** name=value fields, each behind its length (formats.md section 8). */
function parseFields(bytes: Uint8Array): Fields {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = new Map<string, Uint8Array>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = view.getUint32(at, true);
    const field = bytes.subarray(at + 4, at + 4 + length);
    const equals = field.indexOf(0x3d);
    if (equals > 0) {
      fields.set(new TextDecoder().decode(field.subarray(0, equals)), field.subarray(equals + 1));
    }
    at += 4 + length;
  }
  return fields;
}

function numberOf(bytes: Uint8Array | undefined): number {
  return Array.from(bytes ?? []).reduce((sum, byte, index) => sum + byte * 256 ** index, 0);
}

/** Header of a record, and where its data lie in the file. */
export interface RecordHead {
  readonly op: number;
  readonly dataOffset: number;
  readonly end: number;
  number(field: string): number;
  text(field: string): string;
}

/** The record's head at a byte of the file; undefined where the file ends or no record begins there. */
export async function readRecordHead(input: ReadAhead, offset: number): Promise<RecordHead | undefined> {
  const prefix = await input.view(offset, 4);
  const headerLength = prefix.byteLength === 4 ? prefix.getUint32(0, true) : 0;
  if (headerLength === 0 || headerLength > MOST_HEADER_BYTES) {
    return undefined;
  }
  const bytes = (await input.bytes(offset + 4, headerLength + 4)).slice();
  if (bytes.length < headerLength + 4) {
    return undefined;
  }
  const fields = parseFields(bytes.subarray(0, headerLength));
  const dataLength = new DataView(bytes.buffer).getUint32(headerLength, true);
  const dataOffset = offset + 8 + headerLength;
  return { ...accessors(fields), dataOffset, end: dataOffset + dataLength };
}

function accessors(fields: Fields) {
  return {
    op: numberOf(fields.get('op')),
    number: (field: string) => numberOf(fields.get(field)),
    text: (field: string) => new TextDecoder().decode(fields.get(field) ?? new Uint8Array(0)),
  };
}

/** A whole record in memory. */
export interface BagRecord {
  readonly op: number;
  readonly data: Uint8Array;
  /** Place behind it. */
  readonly end: number;
  number(field: string): number;
  text(field: string): string;
  /** Data that are fields themselves (connections). */
  dataFields(): ReadonlyMap<string, string>;
}

/** The record at a place; undefined where it does not fit. */
export function parseRecord(bytes: Uint8Array, at: number): BagRecord | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = at + 4 <= bytes.length ? view.getUint32(at, true) : bytes.length;
  const dataStart = at + 8 + headerLength;
  if (dataStart > bytes.length) {
    return undefined;
  }
  const end = dataStart + view.getUint32(dataStart - 4, true);
  if (end > bytes.length) {
    return undefined;
  }
  const data = bytes.subarray(dataStart, end);
  const decoder = new TextDecoder();
  return {
    ...accessors(parseFields(bytes.subarray(at + 4, at + 4 + headerLength))),
    data,
    end,
    dataFields: () =>
      new Map([...parseFields(data)].map(([name, value]) => [name, decoder.decode(value)] as const)),
  };
}

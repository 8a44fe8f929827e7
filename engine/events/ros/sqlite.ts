import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';

export const SQLITE_MAGIC = 'SQLite format 3\0';
const FIRST_PAGE_HEADER = 100;
const INTERIOR = 0x05;
const LEAF = 0x0d;
const KEPT_PAGES = 64;
const MOST_DEPTH = 32;
const MOST_PAYLOAD = 2 ** 30;

export type SqliteValue = null | number | bigint | string | Uint8Array;

/** One row of a table. */
export interface SqliteRow {
  readonly id: number;
  readonly values: readonly SqliteValue[];
  /** Byte of its page. */
  readonly byteOffset: number;
}

/** A table that can be walked by row id. */
export interface SqliteTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly root: number;
}

interface Page {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Byte of the b-tree header. */
  readonly header: number;
}

/**
 * Reads tables of an SQLite 3 database page by page (sqlite.org/fileformat2.html): as much as bags of ROS 2 need. The
 * file is only read: no lock, no journal.
 */
export class SqliteFile {
  readonly #pages = new Map<number, Page>();

  private constructor(
    private readonly source: ByteSource,
    private readonly pageSize: number,
    private readonly usable: number,
  ) {}

  /** @throws SpikeBridgeError (data) where the header is damaged. */
  static async open(source: ByteSource): Promise<SqliteFile> {
    const bytes = (await source.read(0, FIRST_PAGE_HEADER)).slice();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const stated = bytes.length === FIRST_PAGE_HEADER ? view.getUint16(16) : 0;
    const pageSize = stated === 1 ? 65_536 : stated;
    if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) {
      throw damaged(source, 16, `a page size of ${pageSize} bytes`);
    }
    return new SqliteFile(source, pageSize, pageSize - view.getUint8(20));
  }

  /** The tables of the database. */
  async tables(): Promise<SqliteTable[]> {
    const tables: SqliteTable[] = [];
    const schema = { name: 'sqlite_schema', columns: [], root: 1 };
    for (let row = await this.rowFrom(schema, 0); row; row = await this.rowFrom(schema, row.id + 1)) {
      const [type, name, , root, sql] = row.values;
      if (type === 'table' && typeof root === 'number') {
        tables.push({ name: String(name), columns: columnNames(String(sql)), root });
      }
    }
    return tables;
  }

  /**
   * The first row with an id of at least `id`; undefined at the end.
   * @throws SpikeBridgeError (data) where a page is damaged or missing.
   */
  async rowFrom({ root }: SqliteTable, id: number): Promise<SqliteRow | undefined> {
    try {
      return await this.#search(root, id, 0);
    } catch (error) {
      throw error instanceof RangeError
        ? damaged(this.source, 0, `a row is damaged (${error.message})`)
        : error;
    }
  }

  async #search(number: number, id: number, depth: number): Promise<SqliteRow | undefined> {
    const page = await this.#page(number);
    if (!page || depth > MOST_DEPTH) {
      throw damaged(this.source, (number - 1) * this.pageSize, `page ${number} is missing`);
    }
    const kind = page.bytes[page.header];
    const cells = page.view.getUint16(page.header + 3);
    if (kind === LEAF) {
      return this.#inLeaf(page, number, cells, id);
    }
    if (kind !== INTERIOR) {
      throw damaged(this.source, (number - 1) * this.pageSize, `page ${number} is no page of a table`);
    }
    for (let cell = firstCell(page, cells, id); cell <= cells; cell++) {
      const child =
        cell < cells ? page.view.getUint32(cellAt(page, cell)) : page.view.getUint32(page.header + 8);
      const row = await this.#search(child, id, depth + 1);
      if (row) {
        return row;
      }
    }
    return undefined;
  }

  async #inLeaf(page: Page, number: number, cells: number, id: number): Promise<SqliteRow | undefined> {
    for (let cell = 0; cell < cells; cell++) {
      const length = varint(page.view, page.view.getUint16(page.header + 8 + 2 * cell));
      const key = varint(page.view, length.next);
      if (key.value >= id) {
        const payload = await this.#payload(page, key.next, length.value);
        return { id: key.value, values: parseValues(payload), byteOffset: (number - 1) * this.pageSize };
      }
    }
    return undefined;
  }

  /** A payload that does not fit its page goes on in a chain of others. */
  async #payload(page: Page, start: number, length: number): Promise<Uint8Array> {
    const local = localBytes(length, this.usable);
    if (local === length) {
      return page.bytes.slice(start, start + length);
    }
    if (length > MOST_PAYLOAD || length > this.source.size) {
      throw damaged(this.source, 0, `a row of ${length} bytes`);
    }
    const payload = new Uint8Array(length);
    payload.set(page.bytes.subarray(start, start + local));
    let next = page.view.getUint32(start + local);
    for (let filled = local; filled < length; ) {
      const bytes = await this.source.read((next - 1) * this.pageSize, this.usable);
      if (next < 1 || bytes.length < Math.min(this.usable, length - filled + 4)) {
        throw damaged(this.source, (next - 1) * this.pageSize, 'a row goes on behind the end of the file');
      }
      const part = bytes.subarray(4, Math.min(bytes.length, 4 + length - filled));
      payload.set(part, filled);
      filled += part.length;
      next = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    }
    return payload;
  }

  async #page(number: number): Promise<Page | undefined> {
    const known = this.#pages.get(number);
    if (known) {
      return known;
    }
    const bytes = (await this.source.read((number - 1) * this.pageSize, this.pageSize)).slice();
    if (number < 1 || bytes.length < this.pageSize) {
      return undefined;
    }
    const header = number === 1 ? FIRST_PAGE_HEADER : 0;
    const page = { bytes, header, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
    this.#pages.set(number, page);
    if (this.#pages.size > KEPT_PAGES) {
      this.#pages.delete(this.#pages.keys().next().value!);
    }
    return page;
  }
}

function damaged(source: ByteSource, byteOffset: number, what: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    `SQLite database: ${what}`,
    'Copy the bag again; ros2 bag reindex repairs one whose recording was broken off.',
    { file: source.name, byteOffset: Math.min(source.size, Math.max(0, byteOffset)) },
  );
}

/** Content of a cell of an interior page: child page (u32), then the largest row id below it. */
function cellAt({ view, header }: Page, cell: number): number {
  return view.getUint16(header + 12 + 2 * cell);
}

/** First cell whose largest row id is at least `id`. */
function firstCell(page: Page, cells: number, id: number): number {
  let low = 0;
  let high = cells;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (varint(page.view, cellAt(page, middle) + 4).value < id) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Bytes of a table row that stand in its own page. */
function localBytes(length: number, usable: number): number {
  const most = usable - 35;
  if (length <= most) {
    return length;
  }
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const local = least + ((length - least) % (usable - 4));
  return local <= most ? local : least;
}

/** Up to nine bytes of seven bits, highest first; the ninth has eight. */
function varint(view: DataView, start: number): { value: number; next: number } {
  let value = 0;
  for (let index = 0; index < 8; index++) {
    const byte = view.getUint8(start + index);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      return { value, next: start + index + 1 };
    }
  }
  return { value: value * 256 + view.getUint8(start + 8), next: start + 9 };
}

/** A record: sizes and types of its values, then the values. */
function parseValues(payload: Uint8Array): SqliteValue[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const header = varint(view, 0);
  const values: SqliteValue[] = [];
  let place = header.value;
  for (let at = header.next; at < header.value; ) {
    const type = varint(view, at);
    const length = valueBytes(type.value);
    values.push(readValue(payload, view, place, type.value, length));
    place += length;
    at = type.next;
  }
  return values;
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function valueBytes(type: number): number {
  return type < 12 ? (INTEGER_BYTES[type] ?? 0) : Math.floor((type - 12) / 2);
}

function readValue(
  payload: Uint8Array,
  view: DataView,
  at: number,
  type: number,
  length: number,
): SqliteValue {
  if (type >= 12) {
    const bytes = payload.subarray(at, at + length);
    return type % 2 === 0 ? bytes : new TextDecoder().decode(bytes);
  }
  switch (type) {
    case 0:
      return null;
    case 7:
      return view.getFloat64(at);
    case 8:
      return 0;
    case 9:
      return 1;
    default:
      return signedInteger(view, at, length);
  }
}

function signedInteger(view: DataView, at: number, length: number): number | bigint {
  let value = BigInt(view.getInt8(at));
  for (let index = 1; index < length; index++) {
    value = value * 256n + BigInt(view.getUint8(at + index));
  }
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Names in "CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL, …)". */
function columnNames(sql: string): string[] {
  const body = sql.slice(sql.indexOf('(') + 1, sql.lastIndexOf(')'));
  return body
    .replace(/\([^()]*\)/g, '')
    .split(',')
    .map((definition) => /^\s*["'`[]?([\w ]+?)["'`\]]?(?:\s|$)/.exec(definition)?.[1] ?? '');
}

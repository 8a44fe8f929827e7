const EVENT_BYTES = 16;
const MOST_EVENTS = 65_535;
const LONG = 15;

/** A sound chunk is read to its end, but for what writers may pad. */
const MOST_PADDING = 15;

/** Reads little-endian numbers forwards. @throws RangeError at the end of the bytes. */
class Cursor {
  #at = 0;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#view.byteLength - this.#at;
  }

  #pass(bytes: number): number {
    const at = this.#at;
    if (bytes > this.left) {
      throw new RangeError('it ends before its last event');
    }
    this.#at += bytes;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#pass(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#pass(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#pass(4), true);
  }

  u64(): number {
    const low = this.u32();
    return this.u32() * 2 ** 32 + low;
  }
}

/** Columns of a chunk while it is unpacked. */
class Columns {
  readonly t: Float64Array;
  readonly x: Uint16Array;
  readonly y: Uint16Array;
  readonly p: Uint8Array;

  constructor(readonly count: number) {
    this.t = new Float64Array(count);
    this.x = new Uint16Array(count);
    this.y = new Uint16Array(count);
    this.p = new Uint8Array(count);
  }

  /** The chunk as the file's compound type: x u16, y u16, p i16, 2 bytes free, t i64. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.count * EVENT_BYTES);
    const view = new DataView(bytes.buffer);
    for (let index = 0; index < this.count; index++) {
      const at = index * EVENT_BYTES;
      const t = this.t[index]!;
      view.setUint16(at, this.x[index]!, true);
      view.setUint16(at + 2, this.y[index]!, true);
      view.setInt16(at + 4, this.p[index]!, true);
      view.setUint32(at + 8, t % 2 ** 32, true);
      view.setInt32(at + 12, Math.floor(t / 2 ** 32), true);
    }
    return bytes;
  }
}

/**
 * Unpacks one chunk of Prophesee's event compression format (filter 0x8ECF; formats.md section 9) into rows of 16
 * bytes.
 * @throws RangeError where the chunk is damaged.
 */
export function decodeEcf(bytes: Uint8Array): Uint8Array {
  const cursor = new Cursor(bytes);
  const head = cursor.u32();
  const count = head >>> 2;
  if (count > MOST_EVENTS) {
    throw new RangeError(`it claims ${count} events, ${MOST_EVENTS} are the most`);
  }
  const columns = new Columns(count);
  readTimes(cursor, columns);
  if (head & 2) {
    readPackedEvents(cursor, columns);
  } else {
    readRows(cursor, columns);
    if (head & 1) {
      readPackedColumns(cursor, columns);
    } else {
      readMasks(cursor, columns);
      readPolarities(cursor, columns);
    }
  }
  if (cursor.left > MOST_PADDING) {
    throw new RangeError(`${cursor.left} bytes are left behind its last event`);
  }
  return columns.toBytes();
}

/** End of a run of events from `index` on. @throws RangeError where it goes beyond the chunk. */
function runEnd(index: number, repeat: number, count: number): number {
  if (index + repeat > count) {
    throw new RangeError(`a run of ${repeat} events at event ${index} goes beyond its ${count} events`);
  }
  return index + repeat;
}

/** Bytes of dt (4 bits) and count (4 bits); dt 15 is four bits of a long difference, lowest first. */
function readTimes(cursor: Cursor, { t, count }: Columns): void {
  let time = cursor.u64();
  for (let index = 0; index < count; ) {
    let byte = cursor.u8();
    let difference = 0;
    for (let scale = 1; byte >> 4 === LONG; scale *= 16) {
      difference += (byte & LONG) * scale;
      byte = cursor.u8();
    }
    time += difference + (byte >> 4);
    const repeat = (byte & LONG) === LONG ? cursor.u16() : byte & LONG;
    const end = runEnd(index, repeat, count);
    t.fill(time, index, end);
    index = end;
  }
}

/** Groups of four events of 24 bits (y, x, p) in three words. */
function readPackedEvents(cursor: Cursor, columns: Columns): void {
  for (let index = 0; index < columns.count; index += 4) {
    const w0 = cursor.u32();
    const w1 = cursor.u32();
    const w2 = cursor.u32();
    putEvent(columns, index, w0 >>> 8);
    putEvent(columns, index + 1, ((w1 >>> 16) << 8) | (w0 & 0xff));
    putEvent(columns, index + 2, ((w2 >>> 24) << 16) | (w1 & 0xffff));
    putEvent(columns, index + 3, w2 & 0xffffff);
  }
}

function putEvent({ x, y, p, count }: Columns, index: number, event: number): void {
  if (index < count) {
    y[index] = event >>> 12;
    x[index] = (event >>> 1) & 0x7ff;
    p[index] = event & 1;
  }
}

/** Runs of one row: y (11 bits) and count (5 bits), 31 for a count that follows. */
function readRows(cursor: Cursor, { y, count }: Columns): void {
  for (let index = 0; index < count; ) {
    const word = cursor.u16();
    const repeat = (word & 31) === 31 ? cursor.u16() : word & 31;
    const end = runEnd(index, repeat, count);
    y.fill(word >> 5, index, end);
    index = end;
  }
}

/** Groups of four x and p of 12 bits in three words of 16. */
function readPackedColumns(cursor: Cursor, columns: Columns): void {
  for (let index = 0; index < columns.count; index += 4) {
    const h0 = cursor.u16();
    const h1 = cursor.u16();
    const h2 = cursor.u16();
    putColumn(columns, index, h0 >> 4);
    putColumn(columns, index + 1, ((h1 >> 8) << 4) | (h0 & 15));
    putColumn(columns, index + 2, ((h2 >> 12) << 8) | (h1 & 255));
    putColumn(columns, index + 3, h2 & 0xfff);
  }
}

function putColumn({ x, p, count }: Columns, index: number, value: number): void {
  if (index < count) {
    x[index] = value >> 1;
    p[index] = value & 1;
  }
}

/** x (11 bits) and a mask of the five pixels to its right, highest bit first. */
function readMasks(cursor: Cursor, { x, count }: Columns): void {
  for (let index = 0; index < count; ) {
    const word = cursor.u16();
    const base = word >> 5;
    x[index++] = base;
    for (let step = 0; step < 5 && index < count; step++) {
      if (word & (1 << (4 - step))) {
        x[index++] = base + step + 1;
      }
    }
  }
}

/** Runs of one polarity: p (1 bit) and count (7 bits), 127 for a count that follows. */
function readPolarities(cursor: Cursor, { p, count }: Columns): void {
  for (let index = 0; index < count; ) {
    const byte = cursor.u8();
    const repeat = (byte & 127) === 127 ? cursor.u16() : byte & 127;
    const end = runEnd(index, repeat, count);
    p.fill(byte >> 7, index, end);
    index = end;
  }
}

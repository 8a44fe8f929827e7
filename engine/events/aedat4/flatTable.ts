import { ByteBuffer } from 'flatbuffers';

/** 64-bit integer at `offset` as a number (exact up to 2^53). */
export function readLong(buffer: ByteBuffer, offset: number): number {
  return buffer.readInt32(offset + 4) * 2 ** 32 + buffer.readUint32(offset);
}

/**
 * A flatbuffer table read through its vtable. Fields count from 0; a missing field gives the default. Every place is
 * checked against the bytes there are.
 * @throws RangeError where an offset points outside.
 */
export class FlatTable {
  constructor(
    readonly buffer: ByteBuffer,
    readonly position: number,
  ) {
    const vtable = position - checkedInt32(buffer, position);
    checkRange(buffer, vtable, 4);
    checkRange(buffer, vtable, Math.max(4, buffer.readUint16(vtable)));
  }

  /** The root table of a flatbuffer that begins at byte 0 of `bytes`. */
  static root(bytes: Uint8Array): FlatTable {
    const buffer = new ByteBuffer(bytes);
    return new FlatTable(buffer, checkedInt32(buffer, 0));
  }

  /** Place of a field's value of `length` bytes, or undefined where the table does not have it. */
  place(field: number, length: number): number | undefined {
    const offset = this.buffer.__offset(this.position, 4 + 2 * field);
    if (offset === 0) {
      return undefined;
    }
    checkRange(this.buffer, this.position + offset, length);
    return this.position + offset;
  }

  byte(field: number, missing = 0): number {
    const place = this.place(field, 1);
    return place === undefined ? missing : this.buffer.readInt8(place);
  }

  short(field: number, missing = 0): number {
    const place = this.place(field, 2);
    return place === undefined ? missing : this.buffer.readInt16(place);
  }

  int(field: number, missing = 0): number {
    const place = this.place(field, 4);
    return place === undefined ? missing : this.buffer.readInt32(place);
  }

  long(field: number, missing = 0): number {
    const place = this.place(field, 8);
    return place === undefined ? missing : readLong(this.buffer, place);
  }

  float(field: number): number {
    const place = this.place(field, 4);
    return place === undefined ? 0 : this.buffer.readFloat32(place);
  }

  /** First byte and number of elements of a vector of `size`-byte elements; empty where the field is missing. */
  vector(field: number, size: number): { first: number; count: number } {
    const place = this.place(field, 4);
    if (place === undefined) {
      return { first: 0, count: 0 };
    }
    const start = place + this.buffer.readUint32(place);
    checkRange(this.buffer, start, 4);
    const count = this.buffer.readUint32(start);
    checkRange(this.buffer, start + 4, count * size);
    return { first: start + 4, count };
  }

  /** The tables of a vector of tables. */
  *tables(field: number): Generator<FlatTable> {
    const { first, count } = this.vector(field, 4);
    for (let index = 0; index < count; index++) {
      const place = first + 4 * index;
      yield new FlatTable(this.buffer, place + this.buffer.readUint32(place));
    }
  }

  bytes(field: number): Uint8Array {
    const { first, count } = this.vector(field, 1);
    return this.buffer.bytes().subarray(first, first + count);
  }
}

function checkedInt32(buffer: ByteBuffer, offset: number): number {
  checkRange(buffer, offset, 4);
  return buffer.readInt32(offset);
}

function checkRange(buffer: ByteBuffer, offset: number, length: number): void {
  if (offset < 0 || offset + length > buffer.capacity()) {
    throw new RangeError(`a flatbuffer offset points to byte ${offset} of ${buffer.capacity()}`);
  }
}

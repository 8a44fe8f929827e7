/** Opcodes of records (mcap.dev/spec). */
export const OPCODE = { footer: 2, schema: 3, channel: 4, message: 5, chunk: 6, dataEnd: 15 } as const;

export interface SchemaRecord {
  readonly id: number;
  readonly name: string;
  readonly encoding: string;
  readonly text: string;
}

export interface ChannelRecord {
  readonly id: number;
  readonly schemaId: number;
  readonly topic: string;
  readonly messageEncoding: string;
}

/** Reads the fields of a record forwards. @throws RangeError beyond its end. */
export class McapFields {
  readonly #view: DataView;
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  skip(count: number): void {
    this.#at += count;
  }

  u16(): number {
    const value = this.#view.getUint16(this.#at, true);
    this.#at += 2;
    return value;
  }

  text(): string {
    return new TextDecoder().decode(this.shortBytes());
  }

  /** Bytes behind a u32 length. */
  shortBytes(): Uint8Array {
    const length = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return this.#take(length);
  }

  /** Bytes behind a u64 length. */
  longBytes(): Uint8Array {
    const length = Number(this.#view.getBigUint64(this.#at, true));
    this.#at += 8;
    return this.#take(length);
  }

  /** What is left behind `count` bytes. */
  rest(count: number): Uint8Array {
    return this.bytes.subarray(this.#at + count);
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.bytes.length) {
      throw new RangeError('a field ends behind its record');
    }
    const part = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}

export function readSchema(data: Uint8Array): SchemaRecord {
  const fields = new McapFields(data);
  return {
    id: fields.u16(),
    name: fields.text(),
    encoding: fields.text(),
    text: new TextDecoder().decode(fields.shortBytes()),
  };
}

export function readChannel(data: Uint8Array): ChannelRecord {
  const fields = new McapFields(data);
  return { id: fields.u16(), schemaId: fields.u16(), topic: fields.text(), messageEncoding: fields.text() };
}

/** Grows as little-endian numbers and bytes are appended. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];
  length = 0;

  bytes(part: Uint8Array | readonly number[]): this {
    const bytes = Uint8Array.from(part);
    this.#parts.push(bytes);
    this.length += bytes.length;
    return this;
  }

  text(text: string): this {
    return this.bytes(new TextEncoder().encode(text));
  }

  u8(value: number): this {
    return this.bytes([value & 0xff]);
  }

  u16(value: number): this {
    return this.bytes([value & 0xff, (value >> 8) & 0xff]);
  }

  u32(value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    return this.bytes(bytes);
  }

  u64(value: number | bigint): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
    return this.bytes(bytes);
  }

  /** Zeros up to a multiple of `size`. */
  pad(size: number): this {
    return this.bytes(new Uint8Array((size - (this.length % size)) % size));
  }

  done(): Uint8Array {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

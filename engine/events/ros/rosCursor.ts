/** Bytes of the encapsulation in front of CDR; alignment counts from behind them. */
const CDR_HEADER_BYTES = 4;

/** Reads a serialised message forwards: ROS 1 packed, or CDR aligned (formats.md section 8). */
export class RosCursor {
  readonly view: DataView;
  readonly isLittle: boolean;
  readonly #base: number;
  at: number;

  constructor(
    readonly bytes: Uint8Array,
    readonly encoding: 'ros1' | 'cdr',
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = encoding === 'cdr' ? CDR_HEADER_BYTES : 0;
    this.at = this.#base;
    this.isLittle = encoding === 'ros1' || (bytes[1] ?? 1) % 2 === 1;
  }

  /** Moves to a multiple of `size` where the encoding aligns, and gives the place behind `size` bytes back. */
  take(size: number, alignment = size): number {
    if (this.encoding === 'cdr') {
      const rest = (this.at - this.#base) % alignment;
      this.at += rest === 0 ? 0 : alignment - rest;
    }
    const place = this.at;
    this.at += size;
    if (this.at > this.bytes.length) {
      throw new RangeError(`the message ends at byte ${this.bytes.length}`);
    }
    return place;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), this.isLittle);
  }

  text(): string {
    const length = this.u32();
    const place = this.take(length, 1);
    // CDR counts a NUL at the end.
    return new TextDecoder().decode(this.bytes.subarray(place, place + length)).replace(/\0+$/, '');
  }
}

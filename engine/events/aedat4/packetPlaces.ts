import type { TableEntry } from './dataTable';

/** Bytes of the smallest payload: a flatbuffer with its size in front. */
const LEAST_BYTES = 8;

/**
 * Where packets begin by the file's own table. A header that contradicts it is damaged, and the next place is where
 * reading goes on.
 */
export class PacketPlaces {
  readonly #places: Float64Array;
  readonly #streams: Int32Array;
  /** Mostly asked in file order: the answer is at hand. */
  #cursor = 0;

  /** @param table absent where the file has none. */
  constructor(table: readonly TableEntry[] = []) {
    const sorted = [...table].sort((one, other) => one.offset - other.offset);
    this.#places = Float64Array.from(sorted, ({ offset }) => offset);
    this.#streams = Int32Array.from(sorted, ({ stream }) => stream);
  }

  /** First place behind `offset`; infinite where the table knows of none. */
  after(offset: number): number {
    const places = this.#places;
    if (this.#cursor > 0 && places[this.#cursor - 1]! > offset) {
      this.#cursor = 0;
    }
    while (this.#cursor < places.length && places[this.#cursor]! <= offset) {
      this.#cursor++;
    }
    return places[this.#cursor] ?? Number.POSITIVE_INFINITY;
  }

  /** Whether a packet at `offset` can have this stream and so many bytes; it never reaches over the next one. */
  allows(offset: number, stream: number, bytes: number, end: number): boolean {
    if (stream < 0 || bytes < LEAST_BYTES || end > this.after(offset)) {
      return false;
    }
    const index = this.#cursor - 1;
    return index < 0 || this.#places[index] !== offset || this.#streams[index] === stream;
  }
}

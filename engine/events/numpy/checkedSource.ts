import type { ByteSource } from '../byteSource';
import { crc32, joinedCrc32 } from '../compression/crc32';

/** A stretch that was read, from byte `begin` to before `end`. */
interface Stretch {
  readonly begin: number;
  end: number;
  crc: number;
}

/** More stretches than this are not remembered: whoever reads like that looks things up and makes no pass. */
const MOST_STRETCHES = 256;

/** The CRC-32 of bytes that are read in any order, as soon as all were read. */
class ReadCheck {
  /** In order, apart from each other. */
  readonly #stretches: Stretch[] = [];
  #isDone = false;

  constructor(
    private readonly size: number,
    private readonly onComplete: (crc: number) => void,
  ) {}

  take(offset: number, bytes: Uint8Array): void {
    if (this.#isDone || bytes.length === 0) {
      return;
    }
    const index = this.#stretchAt(offset);
    const stretch = this.#stretches[index];
    if (stretch) {
      this.#extend(stretch, index + 1, offset, bytes);
    }
    if (stretch?.begin === 0 && stretch.end >= this.size) {
      this.#isDone = true;
      this.onComplete(stretch.crc);
    }
  }

  /** Index of the stretch that holds `offset` or ends there; a new one where there is none. */
  #stretchAt(offset: number): number {
    const behind = this.#stretches.findIndex(({ begin }) => begin > offset);
    const place = behind < 0 ? this.#stretches.length : behind;
    const before = this.#stretches[place - 1];
    if (before && before.end >= offset) {
      return place - 1;
    }
    if (this.#stretches.length < MOST_STRETCHES) {
      this.#stretches.splice(place, 0, { begin: offset, end: offset, crc: 0 });
    }
    return this.#stretches[place]?.begin === offset ? place : -1;
  }

  /** Adds what is new in `bytes`, and the stretches that it reaches. */
  #extend(stretch: Stretch, behind: number, offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    while (stretch.end < end) {
      const next = this.#stretches[behind];
      const limit = Math.min(end, next?.begin ?? end);
      stretch.crc = crc32(bytes.subarray(stretch.end - offset, limit - offset), stretch.crc);
      stretch.end = limit;
      if (next?.begin === limit) {
        stretch.crc = joinedCrc32(stretch.crc, next.crc, next.end - next.begin);
        stretch.end = next.end;
        this.#stretches.splice(behind, 1);
      }
    }
  }
}

/**
 * A source whose bytes are checked against their CRC-32 while others read them: once all were read, in any order.
 * @param onMismatch told when they are others than those that were summed up.
 */
export function checkedSource(inner: ByteSource, crc: number, onMismatch: () => void): ByteSource {
  const check = new ReadCheck(inner.size, (read) => {
    if (read !== crc) {
      onMismatch();
    }
  });
  return {
    name: inner.name,
    size: inner.size,
    async read(offset, length) {
      const bytes = await inner.read(offset, length);
      check.take(offset, bytes);
      return bytes;
    },
    close: () => inner.close(),
  };
}

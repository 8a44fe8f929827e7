import type { ChainCopy } from '../events/filters/filterChain';
import type { RecordingIndex } from '../events/index/recordingIndex';

/** Events between two copies, unless there are too many copies. */
const EVENTS_BETWEEN = 1 << 17;
const MOST_BYTES = 1 << 26;

/** What a chain remembers for ever once it has seen everything before a time. */
interface TimedCopy {
  /** µs, exclusive. */
  readonly reached: number;
  readonly copy: ChainCopy;
}

function bytesOf(copy: ChainCopy): number {
  return copy.reduce((sum, each) => sum + (each?.values.byteLength ?? 0), 0);
}

/**
 * Copies of a chain's memory at times of the recording, so that any time is filtered from the copy before it and not
 * from the start. There are more the more memory they may take; each second one is dropped where that is too much.
 */
export class ChainCopies {
  /** In order of time. */
  #copies: TimedCopy[] = [];
  #bytes = 0;
  #eventsBetween = EVENTS_BETWEEN;

  /** The last copy that had seen everything before a time at or before `time` (µs). */
  before(time: number): TimedCopy | undefined {
    return this.#copies.findLast(({ reached }) => reached <= time);
  }

  has(reached: number): boolean {
    return this.#copies.some((each) => each.reached === reached);
  }

  add(reached: number, copy: ChainCopy): void {
    if (this.has(reached)) {
      return;
    }
    const place = this.#copies.findIndex((each) => each.reached > reached);
    this.#copies.splice(place < 0 ? this.#copies.length : place, 0, { reached, copy });
    this.#bytes += bytesOf(copy);
    if (this.#bytes > MOST_BYTES) {
      this.#copies = this.#copies.filter((_, index) => index % 2 === 1);
      this.#bytes = this.#copies.reduce((sum, each) => sum + bytesOf(each.copy), 0);
      this.#eventsBetween *= 2;
    }
  }

  /** Times in (from, to], in µs and rising, at which a chain that goes on from `from` should be copied. */
  times({ segments }: RecordingIndex, from: number, to: number): number[] {
    const times: number[] = [];
    let last = 0;
    for (const { begin, lowest } of segments) {
      if (begin - last >= this.#eventsBetween && lowest > (times.at(-1) ?? Number.NEGATIVE_INFINITY)) {
        times.push(lowest);
        last = begin;
      }
    }
    return times.filter((time) => time > from && time <= to);
  }
}

const SPAN_MS = 1000;

interface Picture {
  /** Wall time in ms. */
  readonly at: number;
  /** Playhead in µs. */
  readonly time: number;
}

/** How playing went in the last second of wall time. */
export interface PlayRate {
  readonly picturesPerSecond: number;
  /** Recording time over wall time: below the speed that was chosen where events arrive too slowly. */
  readonly speed: number;
}

/** Counts pictures of the last second. */
export class PlayRateMeter {
  #pictures: Picture[] = [];

  /**
   * A picture that is shown again does not count.
   * @param at wall time in ms. @param time playhead in µs; a jump against the direction starts anew.
   */
  count(at: number, time: number, direction: 1 | -1): void {
    const last = this.#pictures.at(-1);
    if (last && (time - last.time) * direction < 0) {
      this.reset();
    }
    if (last?.time === time) {
      return;
    }
    this.#pictures.push({ at, time });
    this.#pictures = this.#pictures.filter((picture) => at - picture.at <= SPAN_MS);
  }

  reset(): void {
    this.#pictures = [];
  }

  /** Undefined until there are enough pictures to tell. */
  get rate(): PlayRate | undefined {
    const first = this.#pictures[0];
    const last = this.#pictures.at(-1);
    if (!first || !last || last.at - first.at < SPAN_MS / 2) {
      return undefined;
    }
    const wall = last.at - first.at;
    return {
      picturesPerSecond: ((this.#pictures.length - 1) * 1000) / wall,
      speed: Math.abs(last.time - first.time) / 1000 / wall,
    };
  }
}

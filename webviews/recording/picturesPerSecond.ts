const SPAN_MS = 1000;

/** Counts pictures of the last second. */
export class PicturesPerSecond {
  #times: number[] = [];

  /** @param now in ms. */
  count(now: number): void {
    this.#times.push(now);
    this.#times = this.#times.filter((time) => now - time <= SPAN_MS);
  }

  reset(): void {
    this.#times = [];
  }

  /** Undefined until there are enough pictures to tell. */
  get rate(): number | undefined {
    const first = this.#times[0];
    const last = this.#times.at(-1);
    return first === undefined || last === undefined || last - first < SPAN_MS / 2
      ? undefined
      : ((this.#times.length - 1) * 1000) / (last - first);
  }
}

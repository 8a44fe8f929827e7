const SPAN_MS = 1000;

interface Arrival {
  /** Wall time in ms. */
  readonly at: number;
  /** Recording time in µs. */
  readonly microseconds: number;
}

/** Measures how much of a recording arrives. */
export class ArrivalMeter {
  #arrivals: Arrival[] = [];
  #began: number | undefined;

  /** @param now wall time in ms. @param microseconds of the recording that have arrived. */
  count(now: number, microseconds: number): void {
    this.#arrivals.push({ at: now, microseconds });
  }

  /** What arrived before counts no more: another place, or other filters. @param now wall time in ms. */
  restart(now: number): void {
    this.#arrivals = [];
    this.#began = now;
  }

  /** µs of the recording per ms of wall time, over the last second or since the start where that is later. */
  rate(now: number): number {
    this.#began ??= now;
    this.#arrivals = this.#arrivals.filter(({ at }) => now - at <= SPAN_MS);
    const span = Math.min(SPAN_MS, now - this.#began);
    const sum = this.#arrivals.reduce((total, { microseconds }) => total + microseconds, 0);
    return span > 0 ? sum / span : 0;
  }
}

const SPAN = 2 ** 32;
const HALF_SPAN = 2 ** 31;

/** The 32-bit µs of jAER with its "big wraps": read as unsigned, a fall by more than half the range is a wrap. */
export class JaerClock {
  private last = 0;
  private wraps = 0;

  /** @param time unsigned 32 bits. @returns µs with all wraps. */
  at(time: number): number {
    if (time < this.last && this.last - time > HALF_SPAN) {
      this.wraps += SPAN;
    }
    this.last = time;
    return this.wraps + time;
  }

  snapshot(): readonly number[] {
    return [this.last, this.wraps];
  }

  restore([last = 0, wraps = 0]: readonly number[]): void {
    this.last = last;
    this.wraps = wraps;
  }
}

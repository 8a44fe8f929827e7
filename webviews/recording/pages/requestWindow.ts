/** Questions on their way at one time, whatever the link: one is answered while the next is being read. */
const FEWEST = 6;
const MOST = 32;
/** Answers that come sooner than this leave the link idle between them, in ms. */
const SOON = 500;
/** Answers that take longer have waited for others; a seek would wait for all of them, in ms. */
const LATE = 1000;

/**
 * How many questions may be on their way at one time: more while answers come soon, so that a long way is no slow one,
 * fewer when they queue up.
 */
export class RequestWindow {
  #size = FEWEST;

  /** In [6, 32]. */
  get size(): number {
    return this.#size;
  }

  /** @param milliseconds between question and answer. */
  arrived(milliseconds: number): void {
    if (milliseconds < SOON) {
      this.#size = Math.min(MOST, this.#size + 1);
    } else if (milliseconds > LATE) {
      this.#size = Math.max(FEWEST, this.#size - 1);
    }
  }
}

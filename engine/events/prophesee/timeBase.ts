import type { WarningLog } from '../warningLog';

/** Times have 34 bits: 28 in TIME_HIGH, 6 in each event. */
const TIME_SPAN = 2 ** 34;
const LOW_RANGE = 64;
/** A fall of the time by nearly the whole span is a wrap; a smaller one is an error of the file (formats.md 5.1). */
const WRAP_FALL = TIME_SPAN - LOW_RANGE - 10_000;

/** The time base of EVT2 and EVT2.1, set by TIME_HIGH words. */
export class TimeBase {
  /** µs of the last TIME_HIGH with all wraps; negative before the first one, when nothing can be timed. */
  base = -LOW_RANGE;
  private wraps = 0;

  constructor(private readonly warnings: WarningLog) {}

  /** @param place byte of the word in the file. @returns the new base in µs. */
  set(high: number, place: number): number {
    const time = this.wraps + high * LOW_RANGE;
    const fall = this.base - time;
    if (fall >= WRAP_FALL) {
      this.wraps += TIME_SPAN;
      this.base = time + TIME_SPAN;
      return this.base;
    }
    if (fall > 0) {
      this.warnings.add('the time base (TIME_HIGH) steps back', place);
    }
    this.base = time;
    return time;
  }

  snapshot(): readonly number[] {
    return [this.base, this.wraps];
  }

  restore([base = -LOW_RANGE, wraps = 0]: readonly number[]): void {
    this.base = base;
    this.wraps = wraps;
  }
}

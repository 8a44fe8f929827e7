/** Most bins of a curve; a longer recording gets wider bins. */
const MAX_BINS = 8192;
/** µs; fine enough for recordings of a few milliseconds. */
const FIRST_BIN_WIDTH = 10;

/** Events per bin of time, for the background of a scrub bar. */
export interface RateCurve {
  /** Begin of the first bin in µs. */
  readonly origin: number;
  /** Width of a bin in µs. */
  readonly binWidth: number;
  /** ON events of each bin. */
  readonly on: readonly number[];
  /** OFF events of each bin. */
  readonly off: readonly number[];
}

/** Counts events per bin while their range of time is still unknown: bins grow in width, never in number. */
export class RateCounter {
  private on = new Float64Array(MAX_BINS);
  private off = new Float64Array(MAX_BINS);
  private origin = 0;
  private binWidth = FIRST_BIN_WIDTH;
  private bins = 0;

  /** @param lowest, highest smallest and largest of the times, in µs. */
  add(t: Float64Array, polarity: Uint8Array, lowest: number, highest: number): void {
    this.cover(lowest, highest);
    // Neighbours are mostly in one bin: it is counted up to the first event outside.
    for (let begin = 0; begin < t.length; ) {
      const bin = Math.floor((t[begin]! - this.origin) / this.binWidth);
      const low = this.origin + bin * this.binWidth;
      const high = low + this.binWidth;
      let onEvents = polarity[begin]!;
      let index = begin + 1;
      for (; index < t.length && t[index]! >= low && t[index]! < high; index++) {
        onEvents += polarity[index]!;
      }
      this.on[bin]! += onEvents;
      this.off[bin]! += index - begin - onEvents;
      begin = index;
    }
  }

  /** Widens and shifts the bins until both times have one. */
  private cover(lowest: number, highest: number): void {
    if (this.bins === 0) {
      this.origin = lowest;
      this.bins = 1;
    }
    const begin = Math.min(this.origin, lowest);
    const end = Math.max(this.origin + this.bins * this.binWidth - 1, highest);
    // One bin is kept free: a shift of the origin is rounded up to whole bins.
    while ((end - begin) / this.binWidth >= MAX_BINS - 2) {
      this.doubleWidth();
    }
    if (lowest < this.origin) {
      this.shift(Math.ceil((this.origin - lowest) / this.binWidth));
    }
    this.bins = Math.max(this.bins, Math.floor((highest - this.origin) / this.binWidth) + 1);
  }

  private doubleWidth(): void {
    this.on = halved(this.on);
    this.off = halved(this.off);
    this.binWidth *= 2;
    this.bins = Math.ceil(this.bins / 2);
  }

  private shift(by: number): void {
    this.on.copyWithin(by, 0, this.bins).fill(0, 0, by);
    this.off.copyWithin(by, 0, this.bins).fill(0, 0, by);
    this.origin -= by * this.binWidth;
    this.bins += by;
  }

  curve(): RateCurve {
    const { origin, binWidth, bins } = this;
    return {
      origin,
      binWidth,
      on: Array.from(this.on.subarray(0, bins)),
      off: Array.from(this.off.subarray(0, bins)),
    };
  }
}

/** Neighbouring bins added; the upper half is empty. */
function halved(counts: Float64Array): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(MAX_BINS);
  for (let bin = 0; bin < MAX_BINS / 2; bin++) {
    sums[bin] = counts[2 * bin]! + counts[2 * bin + 1]!;
  }
  return sums;
}

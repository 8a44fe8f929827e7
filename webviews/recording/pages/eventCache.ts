import type { EventColumns } from '../../../engine/recordings/packedEvents';

/** A span of time in µs: from inclusive, to exclusive. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** Loaded events of a span. */
export interface EventPage extends TimeSpan {
  readonly columns: EventColumns;
  /** Events before the filter chain and after each of its steps. */
  readonly reduction: readonly number[];
}

/** The part [begin, end) of a page's events. */
export interface PageSlice {
  readonly page: EventPage;
  readonly begin: number;
  readonly end: number;
}

interface CachedPage {
  readonly page: EventPage;
  lastUse: number;
}

const BYTES_PER_EVENT = 8;

function bytesOf({ columns }: EventPage): number {
  return columns.time.length * BYTES_PER_EVENT;
}

/** First event of a page at or after a time offset from its start. */
export function firstAtOrAfter(time: Uint32Array, offset: number): number {
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (time[middle]! < offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Loaded pages in time order, bounded in bytes; the pages that were used longest ago go first. */
export class EventCache {
  #pages: CachedPage[] = [];
  #bytes = 0;
  #clock = 0;

  constructor(private readonly limitBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Loaded pages in time order. */
  pages(): EventPage[] {
    return this.#pages.map(({ page }) => page);
  }

  clear(): void {
    this.#pages = [];
    this.#bytes = 0;
  }

  /** Events before the filter chain and after each of its steps, over everything that is loaded. */
  reduction(): number[] {
    const sums: number[] = [];
    for (const { page } of this.#pages) {
      for (const [step, count] of page.reduction.entries()) {
        sums[step] = (sums[step] ?? 0) + count;
      }
    }
    return sums;
  }

  /** Keeps a page; one that overlaps what is there already is dropped. */
  add(page: EventPage): void {
    if (page.to <= page.from || this.#overlapping(page).length > 0) {
      return;
    }
    const position = this.#pages.findIndex((each) => each.page.from >= page.to);
    this.#pages.splice(position < 0 ? this.#pages.length : position, 0, { page, lastUse: ++this.#clock });
    this.#bytes += bytesOf(page);
    this.#evict(page);
  }

  /** Parts of the span that are not loaded, in time order. */
  missing({ from, to }: TimeSpan): TimeSpan[] {
    const gaps: TimeSpan[] = [];
    let reached = from;
    for (const { page } of this.#overlapping({ from, to })) {
      if (page.from > reached) {
        gaps.push({ from: reached, to: page.from });
      }
      reached = Math.max(reached, page.to);
    }
    return reached < to ? [...gaps, { from: reached, to }] : gaps;
  }

  /** Loaded spans, joined where they touch. */
  loaded(): TimeSpan[] {
    const spans: { from: number; to: number }[] = [];
    for (const { page } of this.#pages) {
      const last = spans.at(-1);
      if (last && last.to === page.from) {
        last.to = page.to;
      } else {
        spans.push({ from: page.from, to: page.to });
      }
    }
    return spans;
  }

  /** The loaded events of a span, in time order. */
  slices({ from, to }: TimeSpan): PageSlice[] {
    return this.#overlapping({ from, to }).map((cached) => {
      cached.lastUse = ++this.#clock;
      const { page } = cached;
      const begin = firstAtOrAfter(page.columns.time, Math.max(0, from - page.from));
      const end =
        to >= page.to ? page.columns.time.length : firstAtOrAfter(page.columns.time, to - page.from);
      return { page, begin, end };
    });
  }

  /**
   * The last `count` loaded events before `to` without a gap, in time order.
   * @param held so many events right before `to` are left out.
   * @returns also the time from which on they are complete.
   */
  lastEvents(to: number, count: number, held = 0): { readonly slices: PageSlice[]; readonly from: number } {
    const slices: PageSlice[] = [];
    let left = count;
    let reached = to;
    for (let index = this.#pages.length - 1; index >= 0 && left > 0; index--) {
      const { page } = this.#pages[index]!;
      if (page.from >= reached) {
        continue;
      }
      if (page.to < reached) {
        break;
      }
      const [slice] = this.slices({ from: page.from, to: reached });
      // Those that are left out are of one µs, and so of the first page.
      const end = Math.max(0, slice!.end - (slices.length === 0 ? held : 0));
      const begin = Math.max(0, end - left);
      slices.unshift({ page, begin, end });
      left -= end - begin;
      reached = left > 0 ? page.from : page.from + page.columns.time[begin]!;
    }
    return { slices, from: reached };
  }

  #overlapping({ from, to }: TimeSpan): CachedPage[] {
    return this.#pages.filter(({ page }) => page.from < to && page.to > from);
  }

  #evict(newest: EventPage): void {
    while (this.#bytes > this.limitBytes && this.#pages.length > 1) {
      const candidates = this.#pages.filter(({ page }) => page !== newest);
      const oldest = candidates.reduce((left, right) => (right.lastUse < left.lastUse ? right : left));
      this.#pages.splice(this.#pages.indexOf(oldest), 1);
      this.#bytes -= bytesOf(oldest.page);
    }
  }
}

import type { EventsAnswer } from '../../../engine/protocol/recordingProtocol';
import { unpackEvents } from '../../../engine/recordings/packedEvents';
import type { PlayerSource, Playing } from '../player/player';
import { ArrivalMeter } from './arrivalMeter';
import type { EventCache, PageSlice, TimeSpan } from './eventCache';
import { pageLength } from './pageLength';
import { PicturePlan } from './picturePlan';
import { RequestWindow } from './requestWindow';
import { nextSliceEnd, type SliceEnd } from './sliceEnds';

/** What a picture at the playhead needs: a span that ends there, or so many events before it. */
export type SliceRule =
  | { readonly kind: 'time'; readonly microseconds: number }
  | { readonly kind: 'count'; readonly events: number };

/** Asks the recordings process for events in [from, to); the answer may end earlier. */
export type FetchEvents = (span: TimeSpan, signal: AbortSignal) => Promise<EventsAnswer>;

interface PendingFetch extends TimeSpan {
  readonly done: Promise<void>;
}

/** What playing will need soon, and the questions for it. */
interface Foresight {
  span: TimeSpan;
  readonly abort: AbortController;
}

/** Pages of one picture that are asked for at a time. */
const MOST_AT_ONCE = 6;
const SECONDS_AHEAD = 1;
/** At high speeds: less than half of what the cache holds. */
const MOST_PAGES_AHEAD = 80;

function overlaps(left: TimeSpan, right: TimeSpan): boolean {
  return left.from < right.to && left.to > right.from;
}

/** Fills the cache with what the player needs now and soon. Spans are aligned to pages of about equal event counts. */
export class PageLoader implements PlayerSource {
  #rule: SliceRule = { kind: 'time', microseconds: 10_000 };
  #bounds: TimeSpan = { from: 0, to: 0 };
  #pageLength = pageLength(undefined);
  #pending: PendingFetch[] = [];
  #abort = new AbortController();
  #foresight: Foresight = { span: { from: 0, to: 0 }, abort: new AbortController() };
  readonly #requests = new RequestWindow();
  readonly #arrivals = new ArrivalMeter();
  readonly #plan = new PicturePlan();
  /** What could not be had on the way: no picture is left out then, so that playing comes to it, stops and tells. */
  #broken: TimeSpan[] = [];

  constructor(
    private readonly cache: EventCache,
    private readonly fetchEvents: FetchEvents,
    private readonly onLoaded: () => void,
  ) {}

  /** @param bounds first event (inclusive) and one behind the last. @param eventsPerSecond where known. */
  setRecording(bounds: TimeSpan, eventsPerSecond: number | undefined): void {
    this.#bounds = bounds;
    this.#pageLength = pageLength(eventsPerSecond);
  }

  setRule(rule: SliceRule): void {
    this.#rule = rule;
  }

  /** Forgets everything: the filter chain has changed. */
  clear(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#withdrawForesight();
    this.#pending = [];
    this.cache.clear();
  }

  dispose(): void {
    this.#abort.abort();
    this.#foresight.abort.abort();
  }

  /** The span that is shown when the playhead is at `time`, as far as it is loaded for event counts. */
  window(time: number, held = 0): TimeSpan {
    const { from, to } = this.#bounds;
    const end = Math.min(time, to);
    if (this.#rule.kind === 'time') {
      return { from: Math.max(from, end - this.#rule.microseconds), to: end };
    }
    return { from: Math.max(from, this.cache.lastEvents(end, this.#rule.events, held).from), to: end };
  }

  /** The loaded events that are shown when the playhead is at `time`. @param held as of `SliceEnd`. */
  slices(time: number, held = 0): PageSlice[] {
    const end = Math.min(time, this.#bounds.to);
    return this.#rule.kind === 'time'
      ? this.cache.slices(this.window(time))
      : this.cache.lastEvents(end, this.#rule.events, held).slices;
  }

  has(time: number, held = 0): boolean {
    return this.#nextMissing(time, held).length === 0;
  }

  sliceEnd(from: SliceEnd, slices: number): SliceEnd | undefined {
    const way = this.#wayTo(from, slices);
    return 'end' in way ? way.end : undefined;
  }

  async findSlice(from: SliceEnd, slices: number, signal: AbortSignal): Promise<SliceEnd> {
    for (let way = this.#wayTo(from, slices); ; way = this.#wayTo(from, slices)) {
      signal.throwIfAborted();
      if ('end' in way) {
        return way.end;
      }
      await Promise.all(this.#pagesOf(way.missing).map((page) => this.#fetch(page, signal)));
    }
  }

  ahead(time: number, direction: 1 | -1): number {
    const { from, to } = this.window(time);
    const isAtEnd = direction === 1 ? to >= this.#bounds.to : to <= this.#bounds.from;
    const span = this.cache.loaded().find((each) => each.from <= from && each.to >= to);
    if (!span) {
      return isAtEnd ? Number.POSITIVE_INFINITY : 0;
    }
    if (direction === 1) {
      return span.to >= this.#bounds.to ? Number.POSITIVE_INFINITY : span.to - to;
    }
    return span.from <= this.#bounds.from ? Number.POSITIVE_INFINITY : from - span.from;
  }

  async load(time: number, signal: AbortSignal, held = 0): Promise<void> {
    if (!this.#isForeseen(time)) {
      this.#withdrawForesight();
    }
    const missing = () => this.#nextMissing(time, held);
    for (let gaps = missing(); gaps.length > 0; gaps = missing()) {
      await Promise.all(gaps.map((gap) => this.#fetch(gap, signal)));
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
  }

  foresee({ time, direction, speed, until, isSlowed }: Playing): void {
    const now = performance.now();
    const pictureLength =
      this.#rule.kind === 'time' && this.#broken.length === 0 ? this.#rule.microseconds : undefined;
    const arriving = this.#arrivals.rate(now);
    this.#plan.follow({ now, time, direction, speed, until, isSlowed, pictureLength, arriving }, (each) =>
      this.has(each),
    );
    const pages = this.#plan.isSparse
      ? this.#plannedPages(time)
      : this.#pagesAhead(time, direction, speed * SECONDS_AHEAD * 1e6);
    for (const page of pages) {
      if (this.#pending.length >= this.#requests.size) {
        return;
      }
      if (![...this.#pending, ...this.#broken].some((known) => overlaps(known, page))) {
        const { signal } = this.#foresight.abort;
        this.#fetch(page, signal).catch(() => {
          this.#broken.push(...(signal.aborted ? [] : [page]));
        });
      }
    }
  }

  /** Whether playing leaves out pictures, because events arrive too slowly. */
  get isSparse(): boolean {
    return this.#plan.isSparse;
  }

  nextPicture(time: number, direction: 1 | -1, due: number): number | undefined {
    return this.isSparse ? this.#plan.next(time, direction, due, (each) => this.has(each)) : undefined;
  }

  /** What is missing of the next stretch of time, in the order of playing. @param wish µs. */
  #pagesAhead(time: number, direction: 1 | -1, wish: number): TimeSpan[] {
    const reach = Math.min(Math.max(this.#pageLength, wish), MOST_PAGES_AHEAD * this.#pageLength);
    const shown = this.window(time);
    const wanted =
      direction === 1
        ? { from: shown.to, to: shown.to + reach }
        : { from: shown.from - reach, to: shown.from };
    this.#foresight.span = wanted;
    const pages = this.#pagesOf(this.#inBounds(wanted));
    return direction === 1 ? pages : pages.reverse();
  }

  /** What is missing of the pictures to come, in the order of playing, in parts no longer than a page. */
  #plannedPages(time: number): TimeSpan[] {
    const { times } = this.#plan;
    const last = times.at(-1) ?? time;
    this.#foresight.span = { from: Math.min(time, last), to: Math.max(time, last) };
    return times
      .flatMap((each) => this.cache.missing(this.window(each)))
      .flatMap((gap) => {
        const parts = Math.ceil((gap.to - gap.from) / this.#pageLength);
        const cut = (part: number) => gap.from + Math.round(((gap.to - gap.from) * part) / parts);
        return Array.from({ length: parts }, (_, part) => ({ from: cut(part), to: cut(part + 1) }));
      });
  }

  /** Whether a time lies where playing goes, so that what was asked for it is still wanted. */
  #isForeseen(time: number): boolean {
    const { from, to } = this.#foresight.span;
    return time >= from - this.#pageLength && time <= to + this.#pageLength;
  }

  #withdrawForesight(): void {
    this.#broken = [];
    this.#plan.reset();
    this.#arrivals.restart(performance.now());
    this.#foresight.abort.abort();
    this.#foresight = { span: { from: 0, to: 0 }, abort: new AbortController() };
  }

  #inBounds({ from, to }: TimeSpan): TimeSpan {
    return { from: Math.max(from, this.#bounds.from), to: Math.min(to, this.#bounds.to) };
  }

  #wayTo(from: SliceEnd, slices: number): ReturnType<typeof nextSliceEnd> {
    const count = this.#rule.kind === 'count' ? this.#rule.events : 1;
    return nextSliceEnd(this.cache.pages(), this.#bounds, from, slices, count);
  }

  /** The spans to fetch next for a picture at `time`; none when all is there. */
  #nextMissing(time: number, held: number): TimeSpan[] {
    const end = Math.min(time, this.#bounds.to);
    if (end <= this.#bounds.from) {
      return [];
    }
    if (this.#rule.kind === 'time') {
      return this.#pagesOf(this.window(time)).slice(0, MOST_AT_ONCE);
    }
    const { slices, from } = this.cache.lastEvents(end, this.#rule.events, held);
    const count = slices.reduce((sum, slice) => sum + slice.end - slice.begin, 0);
    return count >= this.#rule.events || from <= this.#bounds.from
      ? []
      : this.#pagesOf({ from: from - 1, to: from });
  }

  /** The parts of the pages around a span that are not loaded, in time order; none where the span is loaded. */
  #pagesOf(span: TimeSpan): TimeSpan[] {
    return this.cache.missing(span).flatMap((gap) => {
      const pages: TimeSpan[] = [];
      for (let from = this.#pageStart(gap.from); from < gap.to; from += this.#pageLength) {
        const page = this.#inBounds({ from, to: from + this.#pageLength });
        pages.push(...this.cache.missing(page).filter((part) => overlaps(part, gap)));
      }
      return pages;
    });
  }

  #pageStart(time: number): number {
    const { from } = this.#bounds;
    return from + Math.floor((time - from) / this.#pageLength) * this.#pageLength;
  }

  async #fetch(span: TimeSpan, signal: AbortSignal): Promise<void> {
    const other = this.#pending.find((pending) => overlaps(pending, span));
    if (other) {
      await abortable(other.done, signal);
      return;
    }
    const generation = this.#abort;
    const done = this.#receive(span, AbortSignal.any([signal, generation.signal])).finally(() => {
      this.#pending = this.#pending.filter((pending) => pending.done !== settled);
    });
    // Others wait for it, whatever becomes of it.
    const settled = done.catch(() => undefined);
    this.#pending.push({ ...span, done: settled });
    await done;
  }

  async #receive(span: TimeSpan, signal: AbortSignal): Promise<void> {
    const asked = performance.now();
    const { events, reduction } = await this.fetchEvents(span, signal);
    const now = performance.now();
    this.#requests.arrived(now - asked);
    this.#arrivals.count(now, events.to - events.from);
    signal.throwIfAborted();
    this.cache.add({ from: events.from, to: events.to, columns: unpackEvents(events), reduction });
    this.onLoaded();
  }
}

/** The promise, or a rejection as soon as the signal is aborted. */
function abortable(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = () => reject(signal.reason);
    signal.addEventListener('abort', give, { once: true });
    void promise.then(resolve).finally(() => signal.removeEventListener('abort', give));
  });
}

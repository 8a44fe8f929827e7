import type { EventsAnswer } from '../../../engine/protocol/recordingProtocol';
import { unpackEvents } from '../../../engine/recordings/packedEvents';
import type { PlayerSource } from '../player/player';
import type { EventCache, PageSlice, TimeSpan } from './eventCache';
import { pageLength } from './pageLength';

/** What a picture at the playhead needs: a span that ends there, or so many events before it. */
export type SliceRule =
  | { readonly kind: 'time'; readonly microseconds: number }
  | { readonly kind: 'count'; readonly events: number };

/** Asks the recordings process for events in [from, to); the answer may end earlier. */
export type FetchEvents = (span: TimeSpan, signal: AbortSignal) => Promise<EventsAnswer>;

interface PendingFetch extends TimeSpan {
  readonly done: Promise<void>;
}

const FETCHES_AHEAD = 2;
const SECONDS_AHEAD = 1;

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
    this.#pending = [];
    this.cache.clear();
  }

  dispose(): void {
    this.#abort.abort();
  }

  /** The span that is shown when the playhead is at `time`, as far as it is loaded for event counts. */
  window(time: number): TimeSpan {
    const { from, to } = this.#bounds;
    const end = Math.min(time, to);
    if (this.#rule.kind === 'time') {
      return { from: Math.max(from, end - this.#rule.microseconds), to: end };
    }
    return { from: Math.max(from, this.cache.lastEvents(end, this.#rule.events).from), to: end };
  }

  /** The loaded events that are shown when the playhead is at `time`. */
  slices(time: number): PageSlice[] {
    const end = Math.min(time, this.#bounds.to);
    return this.#rule.kind === 'time'
      ? this.cache.slices(this.window(time))
      : this.cache.lastEvents(end, this.#rule.events).slices;
  }

  has(time: number): boolean {
    return this.#nextMissing(time) === undefined;
  }

  async load(time: number, signal: AbortSignal): Promise<void> {
    for (let gap = this.#nextMissing(time); gap && !signal.aborted; gap = this.#nextMissing(time)) {
      await this.#fetch(gap, signal);
    }
    signal.throwIfAborted();
  }

  foresee(time: number, direction: 1 | -1, speed: number): void {
    const reach = Math.max(this.#pageLength, speed * SECONDS_AHEAD * 1e6);
    const shown = this.window(time);
    const wanted =
      direction === 1
        ? { from: shown.to, to: shown.to + reach }
        : { from: shown.from - reach, to: shown.from };
    for (const gap of this.cache.missing(this.#inBounds(wanted))) {
      if (this.#pending.length >= FETCHES_AHEAD) {
        return;
      }
      const page = this.#pageAt(direction === 1 ? gap.from : gap.to - 1);
      if (!this.#pending.some((pending) => overlaps(pending, page))) {
        this.#fetch(page, this.#abort.signal).catch(() => undefined);
      }
    }
  }

  #inBounds({ from, to }: TimeSpan): TimeSpan {
    return { from: Math.max(from, this.#bounds.from), to: Math.min(to, this.#bounds.to) };
  }

  /** The span to fetch next for a picture at `time`; undefined when all is there. */
  #nextMissing(time: number): TimeSpan | undefined {
    const end = Math.min(time, this.#bounds.to);
    if (end <= this.#bounds.from) {
      return undefined;
    }
    if (this.#rule.kind === 'time') {
      const [gap] = this.cache.missing(this.window(time));
      return gap && this.#pageAt(gap.from);
    }
    const { slices, from } = this.cache.lastEvents(end, this.#rule.events);
    const count = slices.reduce((sum, slice) => sum + slice.end - slice.begin, 0);
    return count >= this.#rule.events || from <= this.#bounds.from ? undefined : this.#pageAt(from - 1);
  }

  /** The part of the page around `time` that is not loaded. */
  #pageAt(time: number): TimeSpan {
    const index = Math.floor((time - this.#bounds.from) / this.#pageLength);
    const from = this.#bounds.from + index * this.#pageLength;
    const page = this.#inBounds({ from, to: from + this.#pageLength });
    return this.cache.missing(page).find((gap) => time < gap.to && time >= gap.from) ?? page;
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
    const { events, reduction } = await this.fetchEvents(span, signal);
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

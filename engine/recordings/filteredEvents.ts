import { type EventBatch, isSortedByTime } from '../events/eventBatch';
import { type FilterChain, filterChain } from '../events/filters/filterChain';
import type { FilterSettingsInput } from '../events/filters/filterSettings';
import { keepEvents } from '../events/filters/keepEvents';
import { lowerBound } from '../events/lowerBound';
import type { TimeAccess } from './timeAccess';

/** How long a filter remembers an event, in µs. */
function memoryOf(settings: FilterSettingsInput): number {
  switch (settings.name) {
    case 'Decimation':
      return Number.POSITIVE_INFINITY;
    case 'Denoise':
      return settings.filter_time ?? 10_000;
    case 'RefractoryPeriod':
      return settings.delta ?? 1000;
    default:
      return 0;
  }
}

/** How long before a span events must be seen; a filter needs those that the filters before it let through. */
function lookBackOf(settings: readonly FilterSettingsInput[]): number {
  return settings.reduce((sum, each) => sum + memoryOf(each), 0);
}

/** Most events of one answer: a chain that counts from the start of the recording must end where the next span begins. */
export function answerLimit(settings: readonly FilterSettingsInput[], limit: number): number {
  return Number.isFinite(lookBackOf(settings)) ? limit : Number.POSITIVE_INFINITY;
}

/** A chain that has seen everything before a time and may go on from there. */
interface RunningChain {
  readonly key: string;
  readonly chain: FilterChain;
  /** µs, exclusive. */
  readonly reached: number;
}

/** Events [begin, end) of a batch as views of its arrays. */
export function eventRange({ t, x, y, polarity }: EventBatch, begin: number, end: number): EventBatch {
  return {
    t: t.subarray(begin, end),
    x: x.subarray(begin, end),
    y: y.subarray(begin, end),
    polarity: polarity.subarray(begin, end),
  };
}

/** The events of a batch with from <= t < to (µs); views of its arrays where they are in time order. */
export function eventsWithin(batch: EventBatch, from: number, to: number): EventBatch {
  if (isSortedByTime(batch)) {
    return eventRange(batch, lowerBound(batch.t, from), lowerBound(batch.t, to));
  }
  return keepEvents(batch, (index) => batch.t[index]! >= from && batch.t[index]! < to);
}

/**
 * Filter chains of one recording. A chain that must see all events before it can decide (hot pixels) is surveyed once
 * and kept.
 */
export class FilteredEvents {
  readonly #chains = new Map<string, Promise<FilterChain>>();
  #running: RunningChain | undefined;

  constructor(private readonly access: TimeAccess) {}

  /** A chain that is ready and has seen no event. Only one caller may use it at a time. */
  async chain(settings: readonly FilterSettingsInput[], signal: AbortSignal): Promise<FilterChain> {
    const fresh = filterChain(settings);
    if (!fresh.needsSurvey) {
      return fresh;
    }
    const key = JSON.stringify(settings);
    const known = this.#chains.get(key) ?? this.#survey(fresh, signal);
    this.#chains.set(key, known);
    known.catch(() => this.#chains.delete(key));
    const chain = await known;
    chain.reset();
    return chain;
  }

  async #survey(chain: FilterChain, signal: AbortSignal): Promise<FilterChain> {
    const everything = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
    await chain.survey(() => this.access.batches(...everything, signal));
    return chain;
  }

  /**
   * Batches of filtered events with from <= t < to (µs), the same as of the whole recording: filters see what they
   * remember of the time before. One that counts from the start goes on where the span before has ended, else it
   * begins anew.
   * @param onBatch told the counts of each batch: events in the span before the chain and after each step.
   */
  async *batches(
    span: { readonly from: number; readonly to: number },
    settings: readonly FilterSettingsInput[],
    signal: AbortSignal,
    onBatch: (reduction: readonly number[]) => void = () => undefined,
  ): AsyncGenerator<EventBatch> {
    const { from, to } = span;
    const { chain, before } = await this.#readyFor(from, settings, signal);
    for await (const batch of this.access.batches(before, to, signal)) {
      if (before < from) {
        chain.apply(eventsWithin(batch, before, from));
      }
      const already = chain.reductions().map(({ eventsOut }) => eventsOut);
      const wanted = eventsWithin(batch, from, to);
      const kept = chain.apply(wanted);
      onBatch([
        wanted.t.length,
        ...chain.reductions().map(({ eventsOut }, step) => eventsOut - already[step]!),
      ]);
      yield kept;
    }
    this.#running = { key: JSON.stringify(settings), chain, reached: to };
  }

  /** A chain, and from when on (µs) it must see events before it can filter those from `from` on. */
  async #readyFor(
    from: number,
    settings: readonly FilterSettingsInput[],
    signal: AbortSignal,
  ): Promise<{ readonly chain: FilterChain; readonly before: number }> {
    const before = from - lookBackOf(settings);
    const running = this.#running;
    // Whoever stops half-way leaves no chain to go on with.
    this.#running = undefined;
    if (running && !Number.isFinite(before) && running.reached <= from) {
      if (running.key === JSON.stringify(settings)) {
        return { chain: running.chain, before: running.reached };
      }
    }
    return { chain: await this.chain(settings, signal), before };
  }
}

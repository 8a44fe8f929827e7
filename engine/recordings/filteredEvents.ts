import { type EventBatch, isSortedByTime } from '../events/eventBatch';
import { type FilterChain, filterChain } from '../events/filters/filterChain';
import type { FilterSettingsInput } from '../events/filters/filterSettings';
import { keepEvents } from '../events/filters/keepEvents';
import { lowerBound } from '../events/lowerBound';
import type { TimeAccess } from './timeAccess';

/** Time constants of filters, in µs: how long an event is remembered. */
function memoryOf(settings: FilterSettingsInput): number {
  switch (settings.name) {
    case 'Denoise':
      return settings.filter_time ?? 10_000;
    case 'RefractoryPeriod':
      return settings.delta ?? 1000;
    default:
      return 0;
  }
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
   * Batches of filtered events with from <= t < to (µs). Filters with a memory see what came shortly before.
   * @param onBatch told the counts of each batch: events in the span before the chain and after each step.
   */
  async *batches(
    span: { readonly from: number; readonly to: number },
    settings: readonly FilterSettingsInput[],
    signal: AbortSignal,
    onBatch: (reduction: readonly number[]) => void = () => undefined,
  ): AsyncGenerator<EventBatch> {
    const { from, to } = span;
    const chain = await this.chain(settings, signal);
    const before = from - Math.max(0, ...settings.map(memoryOf));
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
  }
}

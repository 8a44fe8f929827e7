import { type EventBatch, isSortedByTime } from '../events/eventBatch';
import { type FilterChain, filterChain } from '../events/filters/filterChain';
import type { FilterSettingsInput } from '../events/filters/filterSettings';
import { keepEvents } from '../events/filters/keepEvents';
import { lowerBound } from '../events/lowerBound';
import { ChainCopies } from './chainCopies';
import { type TimeAccess, throwIfAborted } from './timeAccess';

/** How long a filter remembers an event, in µs; of those that remember for ever there are copies. */
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

/** How long before a span events must be seen; a filter needs those that the filters before it let through. */
function lookBackOf(settings: readonly FilterSettingsInput[]): number {
  return settings.reduce((sum, each) => sum + memoryOf(each), 0);
}

/** Whether events of any time before a span count in it. */
function countsFromStart(settings: readonly FilterSettingsInput[]): boolean {
  return settings.some(({ name }) => name === 'Decimation');
}

/** Most events of one answer: a chain that counts from the start of the recording must end where the next span begins. */
export function answerLimit(settings: readonly FilterSettingsInput[], limit: number): number {
  return countsFromStart(settings) ? Number.POSITIVE_INFINITY : limit;
}

/** A chain that has seen everything before a time and may go on from there. */
interface RunningChain {
  readonly chain: FilterChain;
  /** µs, exclusive. */
  readonly reached: number;
}

/** Where the latest chain that counts from the start can go on. */
interface Resumption {
  readonly key: string;
  readonly copies: ChainCopies;
  running: RunningChain | undefined;
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
  #resumption: Resumption | undefined;

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
   * remember of the time before. One that counts from the start goes on where the span before has ended, else from
   * the nearest copy of what it counted.
   * @param onBatch told the counts of each batch: events in the span before the chain and after each step.
   */
  async *batches(
    span: { readonly from: number; readonly to: number },
    settings: readonly FilterSettingsInput[],
    signal: AbortSignal,
    onBatch: (reduction: readonly number[]) => void = () => undefined,
  ): AsyncGenerator<EventBatch> {
    const { from, to } = span;
    const { chain, reached: before } = await this.#readyFor(from, settings, signal);
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
    if (countsFromStart(settings)) {
      this.#resumptionOf(settings).running = { chain, reached: to };
    }
  }

  /** A chain, and from when on (µs) it must see events before it can filter those from `from` on. */
  async #readyFor(
    from: number,
    settings: readonly FilterSettingsInput[],
    signal: AbortSignal,
  ): Promise<RunningChain> {
    const lookBack = lookBackOf(settings);
    if (!countsFromStart(settings)) {
      return { chain: await this.chain(settings, signal), reached: from - lookBack };
    }
    const resumption = this.#resumptionOf(settings);
    const { copies, running } = resumption;
    // Whoever stops half-way leaves no chain to go on with.
    resumption.running = undefined;
    const known = copies.before(from - lookBack);
    const isRunning = running !== undefined && running.reached <= from;
    const start =
      isRunning && running.reached >= (known?.reached ?? Number.NEGATIVE_INFINITY)
        ? running
        : await this.#startAt(known, settings, signal);
    return this.#advanced(start, from, copies, signal);
  }

  #resumptionOf(settings: readonly FilterSettingsInput[]): Resumption {
    const key = JSON.stringify(settings);
    if (this.#resumption?.key !== key) {
      this.#resumption = { key, copies: new ChainCopies(), running: undefined };
    }
    return this.#resumption;
  }

  /**
   * A chain that goes on from a copy: filters before the one that counts see what they look back on first; those behind
   * it know all once they have seen as much again.
   */
  async #startAt(
    known: ReturnType<ChainCopies['before']>,
    settings: readonly FilterSettingsInput[],
    signal: AbortSignal,
  ): Promise<RunningChain> {
    const chain = await this.chain(settings, signal);
    if (!known) {
      return { chain, reached: Number.NEGATIVE_INFINITY };
    }
    const { reached, copy } = known;
    await this.#show(chain, reached - lookBackOf(settings), reached, signal);
    chain.loadLasting(copy);
    return { chain, reached };
  }

  /** Shows a chain the events with from <= t < to (µs). */
  async #show(chain: FilterChain, from: number, to: number, signal: AbortSignal): Promise<void> {
    if (from < to) {
      for await (const batch of this.access.batches(from, to, signal)) {
        throwIfAborted(signal);
        chain.apply(eventsWithin(batch, from, to));
      }
    }
  }

  /** Lets a chain see all up to the last copy before `to`, and keeps copies on the way: also where it is given up. */
  async #advanced(
    { chain, reached }: RunningChain,
    to: number,
    copies: ChainCopies,
    signal: AbortSignal,
  ): Promise<RunningChain> {
    let seen = reached;
    for (const time of copies.times(this.access.state.index, reached, to)) {
      await this.#show(chain, seen, time, signal);
      seen = time;
      copies.add(time, chain.copyLasting());
    }
    return { chain, reached: seen };
  }
}

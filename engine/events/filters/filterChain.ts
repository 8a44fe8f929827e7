import type { EventBatch } from '../eventBatch';
import type { EventFilter } from './eventFilter';
import { createFilter, type FilterSettingsInput, filterDefinition } from './filterSettings';
import type { PixelCopy } from './pixelMemory';

/** How many events a filter of a chain was given and kept. */
export interface FilterReduction {
  readonly name: string;
  readonly title: string;
  readonly eventsIn: number;
  readonly eventsOut: number;
}

interface Link {
  readonly name: string;
  readonly title: string;
  readonly filter: EventFilter;
  eventsIn: number;
  eventsOut: number;
}

/**
 * What the filters of a chain remember, in chain order, from the first that remembers for ever to the last; undefined
 * for the others.
 */
export type ChainCopy = readonly (PixelCopy | undefined)[];

/** Filters applied one after the other, from first to last; state is kept from batch to batch. */
export interface FilterChain {
  /** Whether `survey` must be called before `apply`: a filter must see all events before it can decide. */
  readonly needsSurvey: boolean;
  /**
   * Gives each filter that needs it a pass over the whole stream, filtered by those before it in the chain.
   * @param pass all events of the recording from the start, as often as it is called.
   */
  survey(pass: () => AsyncIterable<EventBatch>): Promise<void>;
  /** The events that all filters keep, in their order. */
  apply(events: EventBatch): EventBatch;
  /** In and out counts of each filter since the chain was made or reset, in chain order. */
  reductions(): FilterReduction[];
  /** Forgets events and counts, as after a jump in time; what surveys found stays. */
  reset(): void;
  /**
   * What filters remember for ever. Those before them know all again once they have seen what they look back on, those
   * behind them once they have seen as much of what comes.
   */
  copyLasting(): ChainCopy;
  /** Takes over a copy of a chain with the same settings. */
  loadLasting(copy: ChainCopy): void;
}

function makeLink(settings: FilterSettingsInput): Link {
  const { name, title } = filterDefinition(settings.name);
  return { name, title, filter: createFilter(settings), eventsIn: 0, eventsOut: 0 };
}

function applyLinks(links: readonly Link[], events: EventBatch): EventBatch {
  return links.reduce((remaining, link) => {
    const kept = link.filter.apply(remaining);
    link.eventsIn += remaining.t.length;
    link.eventsOut += kept.t.length;
    return kept;
  }, events);
}

function resetLinks(links: readonly Link[]): void {
  for (const link of links) {
    link.filter.reset();
    link.eventsIn = 0;
    link.eventsOut = 0;
  }
}

function isLasting({ filter }: Link): boolean {
  return filter.memory?.isLasting === true;
}

/** Makes a chain. @param settings in the order of application; empty: all events are kept. */
export function filterChain(settings: readonly FilterSettingsInput[]): FilterChain {
  const links = settings.map(makeLink);
  return {
    needsSurvey: links.some(({ filter }) => filter.survey !== undefined),
    async survey(pass) {
      for (const [position, { filter }] of links.entries()) {
        if (!filter.survey) {
          continue;
        }
        const before = links.slice(0, position);
        for await (const events of pass()) {
          filter.survey.observe(applyLinks(before, events));
        }
        filter.survey.finish();
        resetLinks(before);
      }
    },
    apply: (events) => applyLinks(links, events),
    reductions: () =>
      links.map(({ name, title, eventsIn, eventsOut }) => ({ name, title, eventsIn, eventsOut })),
    reset: () => resetLinks(links),
    copyLasting() {
      const first = links.findIndex(isLasting);
      const last = links.findLastIndex(isLasting);
      return links.map(({ filter }, position) =>
        position >= first && position <= last ? filter.memory?.copy() : undefined,
      );
    },
    loadLasting(copies) {
      for (const [position, copy] of copies.entries()) {
        if (copy) {
          links[position]?.filter.memory?.load(copy);
        }
      }
    },
  };
}

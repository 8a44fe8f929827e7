import { type EventBatch, joinBatches, sortedByTime } from '../events/eventBatch';
import { lowerBound } from '../events/lowerBound';
import type { EventsAnswer, EventsQuery } from '../protocol/recordingProtocol';
import { eventRange, type FilteredEvents } from './filteredEvents';
import { LONGEST_SPAN, packEvents } from './packedEvents';
import { throwIfAborted } from './timeAccess';

function addTo(sums: number[], counts: readonly number[]): void {
  for (const [index, count] of counts.entries()) {
    sums[index] = (sums[index] ?? 0) + count;
  }
}

/**
 * Answers a question for events. Reading ends when more than `limit` events were found: the answer then ends at the
 * last time that is complete.
 */
export async function answerEvents(
  filtered: FilteredEvents,
  query: EventsQuery,
  signal: AbortSignal,
): Promise<EventsAnswer> {
  const { from, limit, chain } = query;
  let to = Math.min(query.to, from + LONGEST_SPAN - 1);
  const reduction: number[] = [];
  const batches: EventBatch[] = [];
  const span = { from, to };
  for await (const batch of filtered.batches(span, chain, signal, (counts) => addTo(reduction, counts))) {
    throwIfAborted(signal);
    if (batch.t.length > 0) {
      batches.push(batch);
    }
    const last = batch.t.at(-1) ?? from;
    if ((reduction[0] ?? 0) > limit && last > from) {
      // Events of the last µs may follow in the next batch.
      to = last;
      break;
    }
  }
  const events = sortedByTime(joinBatches(batches));
  const complete = to === span.to ? events : eventRange(events, 0, lowerBound(events.t, to));
  return { events: packEvents(complete, from, to), reduction };
}

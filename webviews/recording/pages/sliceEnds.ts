import { type EventPage, firstAtOrAfter, type TimeSpan } from './eventCache';

/**
 * Where a slice of an event count ends. `held` of the events right before `time` belong to the next slice already: a
 * slice may end between events of one µs.
 */
export interface SliceEnd {
  /** The playhead: whole µs; what is shown ends here (exclusive). */
  readonly time: number;
  readonly held: number;
}

/** The end of a slice, or the µs next to which events must be loaded before it can be told. */
type Way = { readonly end: SliceEnd } | { readonly missing: TimeSpan };

/** The end of a slice whose last event is that of a page. */
function endBehind({ from, columns }: EventPage, event: number): SliceEnd {
  const offset = columns.time[event]! + 1;
  return { time: from + offset, held: firstAtOrAfter(columns.time, offset) - event - 1 };
}

/** @param pages in time order. */
function endAfter(pages: readonly EventPage[], { time, held }: SliceEnd, count: number): Way {
  let left = count - held;
  if (left <= 0) {
    return { end: { time, held: held - count } };
  }
  let reached = time;
  for (const page of pages.filter(({ to }) => to > time)) {
    if (page.from > reached) {
      break;
    }
    const begin = firstAtOrAfter(page.columns.time, reached - page.from);
    const events = page.columns.time.length - begin;
    if (events >= left) {
      return { end: endBehind(page, begin + left - 1) };
    }
    left -= events;
    reached = page.to;
  }
  return { missing: { from: reached, to: reached + 1 } };
}

/** At least one event must lie before the end that is looked for. @param pages in time order. */
function endBefore(pages: readonly EventPage[], { time, held }: SliceEnd, count: number): Way {
  let left = count + held;
  let reached = time;
  for (const page of pages.filter(({ from }) => from < time).reverse()) {
    if (page.to < reached) {
      break;
    }
    const events = firstAtOrAfter(page.columns.time, reached - page.from);
    if (events > left) {
      return { end: endBehind(page, events - left - 1) };
    }
    left -= events;
    reached = page.from;
  }
  return { missing: { from: reached - 1, to: reached } };
}

/** No earlier than the first whole slice, or than `from` where that is earlier still. */
function firstEnd(pages: readonly EventPage[], start: number, from: SliceEnd, count: number): Way {
  const first = endAfter(pages, { time: start, held: 0 }, count);
  if ('missing' in first) {
    return first.missing.from >= from.time ? { end: from } : first;
  }
  const { time, held } = first.end;
  return time < from.time || (time === from.time && held >= from.held) ? first : { end: from };
}

/**
 * The end of the slice `slices` further (negative: back) than that which ends at `from`, in slices of `count` events.
 * Back is the exact reverse of forward. The last slice ends with the recording, the first is the first whole one.
 * @param pages loaded events, in time order.
 */
export function nextSliceEnd(
  pages: readonly EventPage[],
  bounds: TimeSpan,
  from: SliceEnd,
  slices: number,
  count: number,
): Way {
  const way = slices > 0 ? endAfter(pages, from, slices * count) : endBefore(pages, from, -slices * count);
  if ('end' in way) {
    return way;
  }
  if (way.missing.from >= bounds.to) {
    return { end: { time: bounds.to, held: 0 } };
  }
  return way.missing.to <= bounds.from ? firstEnd(pages, bounds.from, from, count) : way;
}

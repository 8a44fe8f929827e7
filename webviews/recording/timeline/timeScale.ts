import type { TimeSpan } from '../pages/eventCache';

/** Where a time lies on a line of `width` pixels that shows `span`. */
export function positionOf(time: number, span: TimeSpan, width: number): number {
  return ((time - span.from) / Math.max(1, span.to - span.from)) * width;
}

/** The time at a position; the inverse of {@link positionOf}. */
export function timeAt(position: number, span: TimeSpan, width: number): number {
  return span.from + (position / Math.max(1, width)) * (span.to - span.from);
}

/** Distance between ticks in µs: 1, 2 or 5 times a power of ten, so that at most `most` fit. */
export function tickDistance(span: TimeSpan, most: number): number {
  const least = (span.to - span.from) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((lead) => lead * power).find((distance) => distance >= least) ?? 10 * power;
}

/** The visible span after zooming by `factor` (below 1: closer) around a time; never beyond the whole. */
export function zoomSpan(span: TimeSpan, whole: TimeSpan, around: number, factor: number): TimeSpan {
  const length = Math.min(whole.to - whole.from, Math.max(100, (span.to - span.from) * factor));
  const share = (around - span.from) / Math.max(1, span.to - span.from);
  const from = Math.min(Math.max(whole.from, around - share * length), whole.to - length);
  return { from, to: from + length };
}

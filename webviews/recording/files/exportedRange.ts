import type { PlayerState } from '../player/playerState';

/** The range between the marks, or the whole recording; from inclusive, to exclusive, in µs. */
export function exportedRange({ markIn, markOut, start, end }: PlayerState): {
  readonly from: number;
  readonly to: number;
  readonly marked: boolean;
} {
  const marked = markIn !== undefined || markOut !== undefined;
  return { from: markIn ?? start, to: markOut ?? end, marked };
}

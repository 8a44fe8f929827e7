import type { PlayerState } from '../player/playerState';
import { parseTime, timecode } from '../text/timeText';

const EXAMPLES = '1500 (µs), 1.5 ms, 2 s, 0:01.500';

/** What somebody has typed: a time in µs as timestamps count, or why it is none. */
export type EnteredTime = { readonly time: number } | { readonly problem: string };

/**
 * Whether a number can be told to be a timestamp of the file instead of a time from its start: the first timestamp is
 * later than the recording is long.
 */
export function hasOwnClock({ start, end }: Pick<PlayerState, 'start' | 'end'>): boolean {
  return start > end - start;
}

/**
 * Reads a time from the start of the recording, or a timestamp as the file shows it. While the recording is being
 * read, the time may be later than all that is known.
 */
export function enteredTime(
  text: string,
  player: Pick<PlayerState, 'start' | 'end' | 'growing'>,
): EnteredTime {
  const { start, end, growing } = player;
  const entered = parseTime(text);
  if (entered === undefined) {
    return { problem: `“${text.trim()}” is no time. Examples: ${EXAMPLES}.` };
  }
  if (end <= start) {
    return { problem: 'No events have been read yet.' };
  }
  const time = hasOwnClock(player) && entered >= start ? entered : start + entered;
  if (time <= end || growing) {
    return { time };
  }
  const stamps = hasOwnClock(player) ? `, or a timestamp from ${start} to ${end - 1}` : '';
  return { problem: `The recording ends at ${timecode(end - start)}. Enter a time up to there${stamps}.` };
}

/** A time for a mark, as {@link enteredTime} reads it: it must have been read already. */
export function enteredMark(
  text: string,
  player: Pick<PlayerState, 'start' | 'end' | 'growing'>,
): EnteredTime {
  const entered = enteredTime(text, player);
  return 'time' in entered && entered.time > player.end
    ? { problem: `Not read yet: the recording is known up to ${timecode(player.end - player.start)} so far.` }
    : entered;
}

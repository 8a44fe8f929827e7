import type { SliceEnd } from '../pages/sliceEnds';

/** Speeds of playing, as recording time over wall time. */
export const SLOWEST = 0.001;
export const FASTEST = 10;
export const SPEEDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] as const;

/**
 * `paused`: the picture of `time` is there. `seeking`: it is being fetched. `playing`: time goes on. `waiting`:
 * playing has caught up with what is loaded.
 */
export type PlayerMode = 'paused' | 'seeking' | 'playing' | 'waiting';

/**
 * Where the playhead goes as soon as it is known where that is: so many slices of event counts on (negative: back), or
 * a time in µs that the pass over the recording has not reached.
 */
export type PlayerWish =
  | { readonly kind: 'slices'; readonly slices: number }
  | { readonly kind: 'time'; readonly time: number };

/** Everything about where a recording is played and how. All times in µs. */
export interface PlayerState extends SliceEnd {
  readonly mode: PlayerMode;
  /** Part of a µs that playing has gone beyond `time`, in [0, 1). */
  readonly rest: number;
  readonly direction: 1 | -1;
  readonly speed: number;
  readonly loop: boolean;
  /** IN mark, inclusive. */
  readonly markIn?: number;
  /** OUT mark, exclusive. */
  readonly markOut?: number;
  /** Where the playhead can be, both inclusive: the first event, and one behind the last. */
  readonly start: number;
  readonly end: number;
  /** Whether the recording is still being read, so that the end is only known so far. */
  readonly growing: boolean;
  /** While seeking: the picture that is shown stays that of `time`. */
  readonly wish: PlayerWish | undefined;
  /** Whether playing goes on after the seek. */
  readonly resume: boolean;
  /** Grows with every wish for another picture; an arrival with an older ticket is of no interest any more. */
  readonly ticket: number;
}

type Mark = 'markIn' | 'markOut';

export type PlayerAction =
  | {
      readonly type: 'bounds';
      readonly start: number;
      readonly end: number;
      readonly growing: boolean;
    }
  | { readonly type: 'play' | 'pause' | 'toggle' | 'turnAround' | 'starve' | 'toggleLoop' }
  | { readonly type: 'seek'; readonly time: number }
  | { readonly type: 'step'; readonly microseconds: number }
  | { readonly type: 'slices'; readonly slices: number }
  | { readonly type: 'firstSlice' }
  | { readonly type: 'found'; readonly ticket: number; readonly end: SliceEnd }
  | { readonly type: 'arrive'; readonly ticket: number }
  | { readonly type: 'advance'; readonly wallMicroseconds: number }
  /** Playing goes on at a later picture: those between are left out. */
  | { readonly type: 'show'; readonly time: number }
  | { readonly type: 'speed'; readonly speed: number }
  | { readonly type: 'faster' | 'slower' }
  | { readonly type: Mark; readonly time: number | undefined };

export const INITIAL_PLAYER: PlayerState = {
  mode: 'paused',
  time: 0,
  held: 0,
  rest: 0,
  direction: 1,
  speed: 0.1,
  loop: false,
  start: 0,
  end: 0,
  growing: false,
  wish: undefined,
  resume: false,
  ticket: 0,
};

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}

/** Where playing begins and ends: between the marks when it loops, else the whole recording. Both inclusive. */
export function playedRange(state: PlayerState): { readonly from: number; readonly to: number } {
  const { start, end, loop, markIn, markOut } = state;
  return loop ? { from: markIn ?? start, to: markOut ?? end } : { from: start, to: end };
}

/** Whether time goes on, or will as soon as the events are there. */
export function isPlaying({ mode, resume }: PlayerState): boolean {
  return mode === 'playing' || mode === 'waiting' || (mode === 'seeking' && resume);
}

function seek(state: PlayerState, time: number, resume = isPlaying(state)): PlayerState {
  const next = { ...state, mode: 'seeking', rest: 0, resume, ticket: state.ticket + 1 } as const;
  return state.growing && time > state.end
    ? { ...next, wish: { kind: 'time', time } }
    : { ...next, wish: undefined, held: 0, time: clamp(Math.round(time), state.start, state.end) };
}

/** Whether the pass over the recording is waited for. */
export function isWaitingForPass({ wish }: PlayerState): boolean {
  return wish?.kind === 'time';
}

/** Gives up a wish for a time that has not been read; the picture is that of the playhead again. */
function stay(state: PlayerState, resume: boolean): PlayerState {
  return { ...seek(state, state.time, resume), held: state.held };
}

/** Steps that follow each other quickly add up. */
function stepSlices(state: PlayerState, slices: number): PlayerState {
  const wished = (state.wish?.kind === 'slices' ? state.wish.slices : 0) + slices;
  const rest = stay(state, false);
  return wished === 0 ? rest : { ...rest, wish: { kind: 'slices', slices: wished } };
}

function find(state: PlayerState, ticket: number, { time, held }: SliceEnd): PlayerState {
  return ticket === state.ticket && state.mode === 'seeking'
    ? { ...seek(state, time, state.resume), held }
    : state;
}

/** Starts at the other end when there is nothing left to play in this direction. */
function play(state: PlayerState): PlayerState {
  if (isWaitingForPass(state)) {
    return stay(state, true);
  }
  const { from, to } = playedRange(state);
  const forwards = state.direction === 1;
  if (forwards ? state.time >= to : state.time <= from) {
    return seek(state, forwards ? from : to, true);
  }
  return state.mode === 'seeking'
    ? { ...state, resume: true }
    : { ...state, mode: isPlaying(state) ? state.mode : 'playing' };
}

function pause(state: PlayerState): PlayerState {
  if (isWaitingForPass(state)) {
    return stay(state, false);
  }
  return state.mode === 'seeking'
    ? { ...state, resume: false }
    : { ...state, mode: 'paused', rest: 0, ticket: state.ticket + 1 };
}

/** @param exact where the playhead goes, in µs with a part of one. */
function advance(state: PlayerState, exact: number): PlayerState {
  if (state.mode !== 'playing') {
    return state;
  }
  const { from, to } = playedRange(state);
  const over = state.direction === 1 ? exact >= to : exact <= from;
  if (!over) {
    const time = Math.floor(exact);
    return { ...state, time: clamp(time, state.start, state.end), held: 0, rest: exact - time };
  }
  if (state.growing && state.direction === 1 && to >= state.end) {
    return { ...state, time: state.end, held: 0, rest: 0 };
  }
  return state.loop && to > from
    ? seek(state, state.direction === 1 ? from : to, true)
    : { ...state, mode: 'paused', time: state.direction === 1 ? to : from, held: 0, rest: 0 };
}

function arrive(state: PlayerState, ticket: number): PlayerState {
  if (ticket !== state.ticket || (state.mode !== 'seeking' && state.mode !== 'waiting')) {
    return state;
  }
  return { ...state, mode: isPlaying(state) ? 'playing' : 'paused', resume: false, wish: undefined };
}

/** The next listed speed above or below. */
function changeSpeed(state: PlayerState, direction: 1 | -1): PlayerState {
  const next =
    direction === 1
      ? SPEEDS.find((speed) => speed > state.speed * 1.001)
      : SPEEDS.findLast((speed) => speed < state.speed * 0.999);
  return { ...state, speed: next ?? state.speed };
}

function withMark(state: PlayerState, mark: Mark, time: number | undefined): PlayerState {
  const { [mark]: _old, ...rest } = state;
  return time === undefined ? rest : { ...rest, [mark]: time };
}

/** Sets or clears a mark; the other one gives way where IN would not lie before OUT. */
function setMark(state: PlayerState, mark: Mark, time: number | undefined): PlayerState {
  const value = time === undefined ? undefined : clamp(Math.round(time), state.start, state.end);
  const marked = withMark(state, mark, value);
  const { markIn, markOut } = marked;
  const inOrder = markIn === undefined || markOut === undefined || markIn < markOut;
  return inOrder ? marked : withMark(marked, mark === 'markIn' ? 'markOut' : 'markIn', undefined);
}

/** A wish for a time is fulfilled as soon as the pass has read that far, or is over. */
function setBounds(
  state: PlayerState,
  { start, end, growing }: Extract<PlayerAction, { type: 'bounds' }>,
): PlayerState {
  const time = clamp(state.time, start, end);
  const held = time === state.time ? state.held : 0;
  const next = { ...state, start, end: Math.max(start, end), growing, time, held };
  const { wish } = state;
  return wish?.kind === 'time' && (!growing || wish.time <= next.end)
    ? seek(next, wish.time, state.resume)
    : next;
}

/** What the player is after an action. Knows no clock, no events and no page: everything comes with the action. */
export function nextPlayer(state: PlayerState, action: PlayerAction): PlayerState {
  switch (action.type) {
    case 'bounds':
      return setBounds(state, action);
    case 'play':
      return play(state);
    case 'pause':
      return pause(state);
    case 'toggle':
      return isPlaying(state) ? pause(state) : play({ ...state, direction: 1, rest: 0 });
    case 'turnAround':
      return { ...state, direction: state.direction === 1 ? -1 : 1, rest: 0 };
    case 'seek':
      return seek(state, action.time);
    case 'step':
      return seek(state, state.time + action.microseconds, false);
    case 'slices':
      return stepSlices(state, action.slices);
    case 'firstSlice':
      return stepSlices(seek(state, state.start, false), 1);
    case 'found':
      return find(state, action.ticket, action.end);
    case 'starve':
      return state.mode === 'playing' ? { ...state, mode: 'waiting', ticket: state.ticket + 1 } : state;
    case 'arrive':
      return arrive(state, action.ticket);
    case 'advance':
      return advance(
        state,
        state.time + state.rest + state.direction * action.wallMicroseconds * state.speed,
      );
    case 'show':
      return advance(state, action.time);
    case 'speed':
      return { ...state, speed: clamp(action.speed, SLOWEST, FASTEST) };
    case 'faster':
      return changeSpeed(state, 1);
    case 'slower':
      return changeSpeed(state, -1);
    case 'toggleLoop':
      return { ...state, loop: !state.loop };
    case 'markIn':
    case 'markOut':
      return setMark(state, action.type, action.time);
  }
}

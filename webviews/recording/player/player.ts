import type { SliceEnd } from '../pages/sliceEnds';
import {
  INITIAL_PLAYER,
  isWaitingForPass,
  nextPlayer,
  type PlayerAction,
  type PlayerState,
  playedRange,
} from './playerState';

/** How playing goes. */
export interface Playing {
  /** Playhead in µs. */
  readonly time: number;
  readonly direction: 1 | -1;
  /** Recording time over wall time. */
  readonly speed: number;
  /** Where it ends, or turns back to the start of its loop, in µs. */
  readonly until: number;
  /** Whether it goes more slowly than it should, because events arrive too slowly. */
  readonly isSlowed: boolean;
}

/** Where the player gets events from. */
export interface PlayerSource {
  /** Whether everything is loaded that a picture at `time` shows, `held` events before it left out. */
  has(time: number, held?: number): boolean;
  /** Loads it; rejects when `signal` is aborted or the events cannot be had. */
  load(time: number, signal: AbortSignal, held?: number): Promise<void>;
  /** Where so many slices of event counts on (negative: back) end; undefined while events on the way are missing. */
  sliceEnd(from: SliceEnd, slices: number): SliceEnd | undefined;
  /** Loads what is missing and tells it; rejects as `load` does. */
  findSlice(from: SliceEnd, slices: number, signal: AbortSignal): Promise<SliceEnd>;
  /** How far playing can go on with what is loaded, in µs; infinite where nothing more is to be loaded. */
  ahead(time: number, direction: 1 | -1): number;
  /** Tells where playing is and where it goes, so that the next events are there in time. */
  foresee(playing: Playing): void;
  /**
   * Where events arrive too slowly to show every moment: where the last loaded picture of the next `due` µs is, or
   * `time` where there is none yet. Undefined where every moment is shown.
   */
  nextPicture(time: number, direction: 1 | -1, due: number): number | undefined;
}

/** When the next picture is due; `requestAnimationFrame` in a page. */
export interface FrameClock {
  request(draw: (milliseconds: number) => void): number;
  cancel(handle: number): void;
}

/** Longest step of one frame, so that a page that slept does not jump. */
const LONGEST_FRAME_MS = 100;
/**
 * A frame goes no further than this share of what is loaded ahead: where events arrive more slowly than they are
 * played, playing slows down to their pace instead of stopping at every gap.
 */
const SHARE_OF_AHEAD = 0.1;
/** Where pictures are left out, playing waits for the next one after so long: its speed gives way then. */
const LONGEST_LAG_MS = 400;
/** A picture that has not come for so long is asked for, and what hinders it told. */
const STALLED_MS = 3000;

/**
 * Drives the state machine: lets time go on, fetches what a seek needs and gives it up when the next one comes. At
 * most one fetch counts at any time; whatever arrives for an older wish is dropped by its ticket.
 */
export class Player {
  #state: PlayerState = INITIAL_PLAYER;
  #fetch: { readonly ticket: number; readonly abort: AbortController } | undefined;
  #frame: number | undefined;
  #lastFrame: number | undefined;
  /** Where pictures are left out: µs of the recording that wait to be shown. */
  #due = 0;
  /** When the playhead moved last. */
  #lastMove = 0;
  #isSlowed = false;

  constructor(
    private readonly source: PlayerSource,
    private readonly clock: FrameClock,
    private readonly onChange: (state: PlayerState) => void,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  get state(): PlayerState {
    return this.#state;
  }

  do(action: PlayerAction): void {
    this.#become(nextPlayer(this.#state, action));
  }

  /** Takes over a saved state, then fetches its picture. */
  restore(saved: Partial<PlayerState>): void {
    this.#become({ ...this.#state, ...saved, mode: 'paused' });
    this.refresh();
  }

  /** Fetches the picture at the playhead anew, after the filters or the slice have changed. */
  refresh(): void {
    this.do({ type: 'seek', time: this.#state.time });
  }

  dispose(): void {
    this.#fetch?.abort.abort();
    if (this.#frame !== undefined) {
      this.clock.cancel(this.#frame);
    }
  }

  #become(next: PlayerState): void {
    this.#state = next;
    this.#followUp();
    this.onChange(this.#state);
  }

  #followUp(): void {
    const { mode, ticket } = this.#state;
    if (this.#fetch && this.#fetch.ticket !== ticket) {
      this.#fetch.abort.abort();
      this.#fetch = undefined;
    }
    if ((mode === 'seeking' || mode === 'waiting') && !this.#fetch) {
      this.#startFetch();
    }
    if (this.#state.mode === 'playing') {
      this.#requestFrame();
    } else {
      this.#lastFrame = undefined;
    }
  }

  #startFetch(): void {
    const { wish } = this.#state;
    if (wish?.kind === 'slices') {
      this.#findSlice(wish.slices);
    } else if (!isWaitingForPass(this.#state)) {
      this.#fetchPicture();
    }
  }

  #findSlice(slices: number): void {
    const { ticket, time, held } = this.#state;
    const end = this.source.sliceEnd({ time, held }, slices);
    if (end) {
      this.#state = nextPlayer(this.#state, { type: 'found', ticket, end });
      this.#fetchPicture();
      return;
    }
    this.#ask(
      (signal) => this.source.findSlice({ time, held }, slices, signal),
      (found) => ({ type: 'found', ticket, end: found }),
    );
  }

  #fetchPicture(): void {
    const { mode, ticket, direction, start, end } = this.#state;
    // Who waits has the picture at the playhead, and wants the next.
    const isWaiting = mode === 'waiting';
    const wanted = this.#state.time + (isWaiting ? direction : 0);
    const time = Math.min(Math.max(wanted, start), end);
    const held = isWaiting ? 0 : this.#state.held;
    if (this.source.has(time, held)) {
      this.#state = nextPlayer(this.#state, { type: 'arrive', ticket });
      return;
    }
    this.#ask(
      (signal) => this.source.load(time, signal, held),
      () => ({ type: 'arrive', ticket }),
    );
  }

  /** Lets the source work for the newest ticket. @param done what follows from its answer. */
  #ask<T>(work: (signal: AbortSignal) => Promise<T>, done: (answer: T) => PlayerAction): void {
    const { ticket } = this.#state;
    const abort = new AbortController();
    this.#fetch = { ticket, abort };
    work(abort.signal).then(
      (answer) => this.do(done(answer)),
      (error: unknown) => {
        if (!abort.signal.aborted) {
          this.do({ type: 'pause' });
          this.do({ type: 'arrive', ticket });
          this.onFailure(error);
        }
      },
    );
  }

  #requestFrame(): void {
    this.#frame ??= this.clock.request((now) => {
      this.#frame = undefined;
      this.#drawFrame(now);
    });
  }

  #drawFrame(now: number): void {
    if (this.#state.mode !== 'playing') {
      return;
    }
    if (this.#lastFrame === undefined) {
      this.#lastMove = now;
    }
    const elapsed = Math.min(now - (this.#lastFrame ?? now), LONGEST_FRAME_MS);
    this.#lastFrame = now;
    const { time, direction, speed } = this.#state;
    const { from, to } = playedRange(this.#state);
    const until = direction === 1 ? to : from;
    this.source.foresee({ time, direction, speed, until, isSlowed: this.#isSlowed });
    const due = Math.min(this.#due + elapsed * 1000 * speed, LONGEST_LAG_MS * 1000 * speed);
    const picture = this.source.nextPicture(time, direction, due);
    if (picture !== undefined) {
      this.#due = due - Math.abs(picture - time);
      this.#show(picture, now);
      return;
    }
    this.#due = 0;
    this.#lastMove = now;
    const ahead = this.source.ahead(time, direction);
    if (ahead < 1) {
      this.#isSlowed = true;
      this.do({ type: 'starve' });
      return;
    }
    const wallMicroseconds = Math.min(elapsed * 1000, (ahead * SHARE_OF_AHEAD) / speed);
    this.#isSlowed = wallMicroseconds < elapsed * 1000;
    this.#become(nextPlayer(this.#state, { type: 'advance', wallMicroseconds }));
  }

  #show(picture: number, now: number): void {
    if (picture !== this.#state.time) {
      this.#lastMove = now;
      this.do({ type: 'show', time: picture });
    } else if (now - this.#lastMove > STALLED_MS) {
      this.do({ type: 'starve' });
    } else {
      this.#requestFrame();
    }
  }
}

import { INITIAL_PLAYER, nextPlayer, type PlayerAction, type PlayerState } from './playerState';

/** Where the player gets events from. */
export interface PlayerSource {
  /** Whether everything that a picture at `time` shows is loaded. */
  has(time: number): boolean;
  /** Loads it; rejects when `signal` is aborted or the events cannot be had. */
  load(time: number, signal: AbortSignal): Promise<void>;
  /** How far playing can go on with what is loaded, in µs; infinite where nothing more is to be loaded. */
  ahead(time: number, direction: 1 | -1): number;
  /** Tells where playing is and where it goes, so that the next events are there in time. */
  foresee(time: number, direction: 1 | -1, speed: number): void;
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

/**
 * Drives the state machine: lets time go on, fetches what a seek needs and gives it up when the next one comes. At
 * most one fetch counts at any time; whatever arrives for an older wish is dropped by its ticket.
 */
export class Player {
  #state: PlayerState = INITIAL_PLAYER;
  #fetch: { readonly ticket: number; readonly abort: AbortController } | undefined;
  #frame: number | undefined;
  #lastFrame: number | undefined;

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
    const { mode, ticket, direction, start, end } = this.#state;
    // Who waits has the picture at the playhead, and wants the next.
    const wanted = this.#state.time + (mode === 'waiting' ? direction : 0);
    const time = Math.min(Math.max(wanted, start), end);
    if (this.source.has(time)) {
      this.#state = nextPlayer(this.#state, { type: 'arrive', ticket });
      return;
    }
    const abort = new AbortController();
    this.#fetch = { ticket, abort };
    this.source.load(time, abort.signal).then(
      () => this.do({ type: 'arrive', ticket }),
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
    const elapsed = Math.min(now - (this.#lastFrame ?? now), LONGEST_FRAME_MS);
    this.#lastFrame = now;
    const { time, direction, speed } = this.#state;
    this.source.foresee(time, direction, speed);
    const ahead = this.source.ahead(time, direction);
    if (ahead < 1) {
      this.do({ type: 'starve' });
      return;
    }
    const wallMicroseconds = Math.min(elapsed * 1000, (ahead * SHARE_OF_AHEAD) / speed);
    this.#become(nextPlayer(this.#state, { type: 'advance', wallMicroseconds }));
  }
}

import { SpikeBridgeError } from '../errors';
import { allocateEvents, type EventBatch } from './eventBatch';
import { OthersTurns } from './othersTurns';
import type { DecoderState, EventReader, JsonValue } from './recording';
import type { WarningLog } from './warningLog';
import { wordKernels } from './words/wordKernels';

/** Most events of one batch. */
const BATCH_LENGTH = 65_536;

/** Events that came into memory together (a packet, a chunk, rows) and are copied out in any portions. */
export interface EventPage {
  readonly count: number;
  /** Copies events `first` to `first + count - 1` into `batch` from index `at` on. */
  copy(first: number, count: number, batch: EventBatch, at: number): void;
  /** Where the page behind this one begins; never this page's own place. */
  readonly next: JsonValue;
  /** Share of the recording up to the end of this page, 0 to 1. */
  readonly progress: number;
}

/** The page at a place, or undefined at the end. Pages may be empty. */
export type ReadPage = (place: JsonValue) => Promise<EventPage | undefined>;

/** Events that were decoded already, as a page. */
export function pageOf(events: EventBatch, next: JsonValue, progress: number): EventPage {
  return {
    count: events.t.length,
    next,
    progress,
    copy: (first, count, batch, at) => {
      batch.t.set(events.t.subarray(first, first + count), at);
      batch.x.set(events.x.subarray(first, first + count), at);
      batch.y.set(events.y.subarray(first, first + count), at);
      batch.polarity.set(events.polarity.subarray(first, first + count), at);
    },
  };
}

function parseState(state: DecoderState): { place: JsonValue; skip: number } {
  if (Array.isArray(state) && state.length === 2 && Number.isSafeInteger(state[1]) && state[1] >= 0) {
    return { place: state[0], skip: state[1] };
  }
  throw new SpikeBridgeError(
    'data',
    'the saved place does not belong to this file',
    'Remove the time index of the file; it is built again when the file is opened.',
  );
}

/** State of the first event of the page at `place`. */
export function stateAt(place: JsonValue): DecoderState {
  return [place, 0];
}

/** Turns pages of any size into batches. Its state is the page's place and the number of its events given out. */
export class PageReader implements EventReader {
  #page: EventPage | undefined;
  #place: JsonValue;
  #skip: number;
  #progress = 0;
  #unsound = 0;
  #closed = false;
  readonly #turns = new OthersTurns();

  constructor(
    private readonly readPage: ReadPage,
    from: DecoderState,
    private readonly warnings: WarningLog,
  ) {
    ({ place: this.#place, skip: this.#skip } = parseState(from));
  }

  /** @param reuse arrays of an earlier batch that nobody needs any more; they are filled again. */
  async next(reuse?: EventBatch): Promise<EventBatch | undefined> {
    const batch = reuse?.t.length === BATCH_LENGTH ? reuse : allocateEvents(BATCH_LENGTH);
    for (let filled = await this.#fill(batch); filled > 0; filled = await this.#fill(batch)) {
      const kept = hasSoundTimes(batch.t, filled) ? filled : keepSoundTimes(batch, filled);
      if (kept < filled) {
        this.#unsound += filled - kept;
        this.warnings.counted('events with impossible times or pixels were left out', this.#unsound);
      }
      if (kept > 0) {
        return ownArrays(batch, kept);
      }
    }
    return undefined;
  }

  /** Copies events until the batch is full or the pages end; gives their number. */
  async #fill(batch: EventBatch): Promise<number> {
    let filled = 0;
    while (filled < BATCH_LENGTH && !this.#closed) {
      if (this.#turns.isDue()) {
        await this.#turns.give();
      }
      const page = await this.#current(filled > 0);
      if (!page) {
        break;
      }
      filled += this.#copy(page, batch, filled);
    }
    return filled;
  }

  state(): DecoderState {
    return [this.#place, this.#skip];
  }

  progress(): number {
    return this.#progress;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#page = undefined;
  }

  /** The page in hand or the next one; a failure is kept for the next call where events are there to give out. */
  async #current(hasEvents: boolean): Promise<EventPage | undefined> {
    try {
      this.#page ??= await this.readPage(this.#place);
    } catch (error) {
      if (!hasEvents) {
        throw error;
      }
    }
    return this.#page;
  }

  #copy(page: EventPage, batch: EventBatch, at: number): number {
    const count = Math.max(0, Math.min(page.count - this.#skip, BATCH_LENGTH - at));
    if (count > 0) {
      page.copy(this.#skip, count, batch, at);
    }
    this.#skip += count;
    if (this.#skip >= page.count) {
      this.#place = page.next;
      this.#skip = 0;
      this.#progress = page.progress;
      this.#page = undefined;
    }
    return count;
  }
}

/** A quick look that spares sound batches the search for other times. */
function hasSoundTimes(t: Float64Array, count: number): boolean {
  return wordKernels()?.areSafe(t.subarray(0, count)) ?? false;
}

/** Keeps the events with sound times, in place; gives their number. */
function keepSoundTimes({ t, x, y, polarity }: EventBatch, count: number): number {
  let kept = 0;
  for (let index = 0; index < count; index++) {
    if (Math.abs(t[index]!) <= Number.MAX_SAFE_INTEGER) {
      t[kept] = t[index]!;
      x[kept] = x[index]!;
      y[kept] = y[index]!;
      polarity[kept] = polarity[index]!;
      kept++;
    }
  }
  return kept;
}

function ownArrays(batch: EventBatch, count: number): EventBatch {
  if (count === BATCH_LENGTH) {
    return batch;
  }
  return {
    t: batch.t.slice(0, count),
    x: batch.x.slice(0, count),
    y: batch.y.slice(0, count),
    polarity: batch.polarity.slice(0, count),
  };
}

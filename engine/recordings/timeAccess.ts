import { SpikeBridgeError } from '../errors';
import type { EventBatch } from '../events/eventBatch';
import { buildIndex } from '../events/index/buildIndex';
import { batchesBetween } from '../events/index/eventsBetween';
import type { IndexStore } from '../events/index/indexStore';
import type { RecordingIndex } from '../events/index/recordingIndex';
import type { OpenOptions, Recording } from '../events/recording';
import { TurnTaking } from './turnTaking';

/** How far the pass over the recording is. */
export interface PassState {
  readonly share: number;
  readonly done: boolean;
  readonly index: RecordingIndex;
  readonly failure?: unknown;
}

const REPORT_EVERY_MS = 250;

const NOTHING: RecordingIndex = {
  segments: [],
  facts: {
    events: 0,
    onEvents: 0,
    firstTimestamp: 0,
    lastTimestamp: 0,
    lowestTimestamp: 0,
    highestTimestamp: 0,
    backwardSteps: 0,
    largestBackwardStep: 0,
    sumX: 0,
    sumY: 0,
    maxX: 0,
    maxY: 0,
  },
  rate: { origin: 0, binWidth: 1000, on: [], off: [] },
  warnings: [],
};

/**
 * Events of any time of a recording: from its stored index, or from the one that a pass builds meanwhile. A time that
 * the pass has not reached is waited for, unless the container itself knows where it is.
 */
export class TimeAccess {
  #state: PassState = { share: 0, done: false, index: NOTHING };
  readonly #abort = new AbortController();
  readonly #turns = new TurnTaking();
  #arrivals: (() => void)[] = [];
  #lastReport = 0;

  constructor(
    readonly recording: Recording,
    private readonly onPass: (state: PassState) => void,
  ) {}

  get state(): PassState {
    return this.#state;
  }

  /** Loads the index, or builds and stores it; resolves when it is complete or has failed. */
  async prepare(store: IndexStore, file: string, options: OpenOptions): Promise<void> {
    try {
      const stored = await store.load(file, options);
      const index = stored ?? (await this.#build());
      this.#become({ share: 1, done: true, index });
      if (!stored) {
        await store.save(file, index, options);
      }
    } catch (failure) {
      if (!this.#abort.signal.aborted) {
        this.#become({ ...this.#state, done: true, failure });
      }
    }
  }

  #build(): Promise<RecordingIndex> {
    return buildIndex(this.#turns.patient(this.recording), {
      signal: this.#abort.signal,
      progress: (share, soFar) => {
        // Making the index of what has been read costs more than a batch.
        if (performance.now() - this.#lastReport >= REPORT_EVERY_MS) {
          this.#become({ share, done: false, index: { ...soFar(), warnings: this.recording.warnings() } });
        }
      },
    });
  }

  #become(state: PassState): void {
    this.#state = state;
    this.#lastReport = performance.now();
    for (const go of this.#arrivals.splice(0)) {
      go();
    }
    this.onPass(state);
  }

  /**
   * Batches that may hold events with from <= t < to (µs), in file order; others may be among them.
   * @throws SpikeBridgeError (cancelled) when the signal is aborted while the pass is waited for.
   */
  async *batches(from: number, to: number, signal: AbortSignal): AsyncGenerator<EventBatch> {
    if (!this.#covers(to)) {
      const place = await this.recording.seek?.(from);
      if (place !== undefined) {
        yield* this.#turns.first(this.#batchesFrom(place, to));
        return;
      }
      await this.#reached(to, signal);
    }
    // Only now: a question that waits for the pass must not hold it up.
    yield* this.#turns.first(batchesBetween(this.recording, this.#state.index, from, to));
  }

  #covers(to: number): boolean {
    const { done, index } = this.#state;
    return done || (index.segments.length > 0 && index.facts.highestTimestamp >= to);
  }

  async #reached(to: number, signal: AbortSignal): Promise<void> {
    while (!this.#covers(to)) {
      await new Promise<void>((resolve) => {
        this.#arrivals.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      throwIfAborted(signal);
    }
  }

  async *#batchesFrom(place: Parameters<Recording['events']>[0], to: number): AsyncGenerator<EventBatch> {
    const reader = await this.recording.events(place);
    try {
      for (let batch = await reader.next(); batch; batch = await reader.next()) {
        yield batch;
        if (batch.t.at(-1)! >= to) {
          return;
        }
      }
    } finally {
      await reader.close();
    }
  }

  close(): void {
    this.#abort.abort();
  }
}

/** @throws SpikeBridgeError (cancelled). */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new SpikeBridgeError('cancelled', 'the question was withdrawn', 'Ask again.');
  }
}

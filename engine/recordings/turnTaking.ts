import type { EventBatch } from '../events/eventBatch';
import type { Recording } from '../events/recording';

/** Lets questions go before the pass over the whole recording. */
export class TurnTaking {
  #asking = 0;
  #waiting: (() => void)[] = [];

  /** Hands the batches on; the pass rests meanwhile. */
  async *first(batches: AsyncIterable<EventBatch>): AsyncGenerator<EventBatch> {
    this.#asking++;
    try {
      yield* batches;
    } finally {
      this.#asking--;
      if (this.#asking === 0) {
        for (const go of this.#waiting.splice(0)) {
          go();
        }
      }
    }
  }

  /** Resolves when nobody asks; messages that have arrived are seen before. */
  async #turn(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#asking > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The recording with readers that rest while somebody asks. */
  patient(recording: Recording): Recording {
    return {
      info: recording.info,
      tracks: recording.tracks,
      warnings: () => recording.warnings(),
      close: () => recording.close(),
      events: async (from) => {
        const reader = await recording.events(from);
        return {
          next: async (reuse) => {
            await this.#turn();
            return reader.next(reuse);
          },
          state: () => reader.state(),
          progress: () => reader.progress(),
          close: () => reader.close(),
        };
      },
    };
  }
}

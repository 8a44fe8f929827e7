import { type FSWatcher, watch } from 'node:fs';

const SETTLE_MS = 80;
const POLL_MS = 1000;

/**
 * Calls `look` after files of a folder changed, and every second in any case (network drives send no events).
 * Calls never overlap. An error of `look` is its own business: it must not reject.
 */
export class FolderWatcher {
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #due = Number.POSITIVE_INFINITY;
  #running = false;
  #again = false;
  #disposed = false;

  constructor(
    folder: string,
    private readonly look: () => Promise<void>,
  ) {
    try {
      this.#watcher = watch(folder, () => this.#schedule(SETTLE_MS));
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      this.#watcher = undefined;
    }
    this.#schedule(0);
  }

  #schedule(delay: number): void {
    if (this.#disposed) {
      return;
    }
    if (this.#running) {
      this.#again = true;
      return;
    }
    // An earlier look stays: a folder that changes all the time must not put it off for ever.
    const due = performance.now() + delay;
    if (due < this.#due) {
      clearTimeout(this.#timer);
      this.#due = due;
      this.#timer = setTimeout(() => void this.#run(), delay);
    }
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#due = Number.POSITIVE_INFINITY;
    await this.look();
    this.#running = false;
    this.#schedule(this.#again ? SETTLE_MS : POLL_MS);
    this.#again = false;
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
  }
}

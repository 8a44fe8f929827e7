/** Something that commands can wait for. */
export interface Readiness {
  readonly isReady: boolean;
}

interface Command {
  readonly needs?: Readiness;
  readonly run: () => void;
}

/**
 * Keeps commands in order: one that needs a shader which is still being compiled waits, and all commands behind it with
 * it. So the shaders of a whole step are compiled side by side while the step is queued.
 */
export class CommandOrder {
  private waiting: Command[] = [];
  private idle?: { readonly promise: Promise<void>; readonly resolve: () => void };

  /** Whether commands wait. */
  get isWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** Runs a command at once where nothing waits, else behind what waits. */
  add(run: () => void, needs?: Readiness): void {
    if (!this.isWaiting && needs?.isReady !== false) {
      run();
    } else {
      this.waiting.push({ needs, run });
    }
  }

  /** Runs what has no reason to wait any more; to be called when something became ready. */
  advance(): void {
    const blocked = this.waiting.findIndex(({ needs }) => needs?.isReady === false);
    const ready = blocked < 0 ? this.waiting : this.waiting.slice(0, blocked);
    const rest = blocked < 0 ? [] : this.waiting.slice(blocked);
    for (const { run } of ready) {
      run();
    }
    this.waiting = rest;
    if (rest.length === 0) {
      this.idle?.resolve();
      this.idle = undefined;
    }
  }

  /** Resolves when no command waits. */
  whenIdle(): Promise<void> {
    if (!this.isWaiting) {
      return Promise.resolve();
    }
    if (!this.idle) {
      let resolve = () => {};
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      this.idle = { promise, resolve };
    }
    return this.idle.promise;
  }
}

/** Long work lets other work of its process run (Ctrl-C, messages) at least this often. */
const TURN_MS = 20;

/** Ends after everything else that waits has run once. */
function othersTurn(): Promise<void> {
  return new Promise((resolve) => {
    // Browsers have no setImmediate.
    (globalThis.setImmediate ?? setTimeout)(resolve);
  });
}

/** Keeps work that never waits by itself from holding up its process. */
export class OthersTurns {
  private dueAt = performance.now() + TURN_MS;

  /** Whether other work has waited long enough. */
  isDue(): boolean {
    return performance.now() >= this.dueAt;
  }

  /** Lets other work run. */
  async give(): Promise<void> {
    await othersTurn();
    this.dueAt = performance.now() + TURN_MS;
  }
}

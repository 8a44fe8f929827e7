import type { Output } from './output';

/** Turns Ctrl-C and SIGTERM into an abort; a second one ends the process at once. */
export class Interrupt {
  private readonly controller = new AbortController();
  private readonly handler = () => {
    if (this.controller.signal.aborted) {
      process.exit(1);
    }
    this.output.note(`stopping; press Ctrl-C again to stop at once (${this.consequence})`);
    this.controller.abort();
  };

  /** @param consequence what a second Ctrl-C means for the files. */
  constructor(
    private readonly output: Output,
    private readonly consequence = 'files written so far are kept',
  ) {
    process.on('SIGINT', this.handler);
    process.on('SIGTERM', this.handler);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  dispose(): void {
    process.off('SIGINT', this.handler);
    process.off('SIGTERM', this.handler);
  }
}

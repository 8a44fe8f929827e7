import type { Output } from './output';

/** Turns Ctrl-C and SIGTERM into an abort; a second one ends the process at once. */
export class Interrupt {
  private readonly controller = new AbortController();
  private readonly handler = () => {
    if (this.controller.signal.aborted) {
      process.exit(1);
    }
    this.output.note('stopping; press Ctrl-C again to stop at once (files written so far are kept)');
    this.controller.abort();
  };

  constructor(private readonly output: Output) {
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

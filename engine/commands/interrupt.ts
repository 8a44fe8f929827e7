import { constants } from 'node:os';
import { kernelCompilation } from '../backends/whileCompiling';
import type { Output } from './output';

/** Exit code of a program that a signal has ended, by the custom of shells: 130 for Ctrl-C. */
const SIGNAL_EXIT = 128;

/** Turns Ctrl-C and SIGTERM into an abort; a second one ends the process at once. */
export class Interrupt {
  private readonly controller = new AbortController();
  private lastWork = () => {};
  private readonly handler = (signal: NodeJS.Signals) => {
    if (this.controller.signal.aborted) {
      this.endAtOnce(signal);
      return;
    }
    const when = kernelCompilation() ? ' once the kernels are compiled' : '';
    this.output.note(`stopping${when}; press Ctrl-C again to stop at once (${this.consequence})`);
    this.controller.abort();
  };

  /**
   * @param consequence what a second Ctrl-C means for the files.
   * @param end ends the process with an exit code.
   */
  constructor(
    private readonly output: Output,
    private readonly consequence = 'files written so far are kept',
    private readonly end: (code: number) => void = (code) => process.exit(code),
  ) {
    process.on('SIGINT', this.handler);
    process.on('SIGTERM', this.handler);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Has work done before a second Ctrl-C ends the process; it must be synchronous. Replaces work named before. */
  beforeEnd(work: () => void): void {
    this.lastWork = work;
  }

  private endAtOnce(signal: NodeJS.Signals): void {
    this.output.note(`stopped at once; ${this.consequence}`);
    try {
      this.lastWork();
    } finally {
      this.end(SIGNAL_EXIT + constants.signals[signal]);
    }
  }

  dispose(): void {
    process.off('SIGINT', this.handler);
    process.off('SIGTERM', this.handler);
  }
}

import { unwatchFile, watchFile } from 'node:fs';
import { LineTail } from '../runs/lineTail';

const LOOK_EVERY_MS = 500;

/** Where an engine's output lines go, e.g. a log output channel. */
export interface LineSink {
  info(message: string): void;
}

/** Copies the lines of an engine's output file to `sink` until disposed. */
export class EngineOutput {
  readonly #tail: LineTail;
  readonly #look = () => void this.flush();

  constructor(
    private readonly file: string,
    private readonly sink: LineSink,
  ) {
    this.#tail = new LineTail(file);
    watchFile(file, { interval: LOOK_EVERY_MS }, this.#look);
  }

  /** Copies what has been written until now. */
  async flush(): Promise<void> {
    const { lines } = await this.#tail.read().catch(() => ({ lines: [] as string[] }));
    for (const line of lines) {
      this.sink.info(line);
    }
  }

  dispose(): void {
    unwatchFile(this.file, this.#look);
  }
}

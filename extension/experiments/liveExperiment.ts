import { writeFile } from 'node:fs/promises';
import { Emitter } from 'vscode-jsonrpc/node';
import { experimentFile } from '../../engine/experiments/experimentFolder';
import { type CommandProcess, failureOfCommand } from '../commandLine/commandProcess';
import { ExperimentProgress } from './experimentProgress';

/** How an experiment ended: `progress.outcome` tells, or the error why it never began or broke off. */
export interface ExperimentEnd {
  readonly error?: Error;
}

/** An experiment that a process works on; the process outlives this object. */
export class LiveExperiment {
  readonly progress = new ExperimentProgress();
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #runBegan = new Emitter<string>();
  /** The folder of each run that begins. */
  readonly onRunBegan = this.#runBegan.event;
  /** Resolves with the folder when the experiment has begun, rejects with the reason why it did not. */
  readonly begun: Promise<string>;
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<ExperimentEnd>;
  #stopWanted = false;

  constructor(private readonly command: CommandProcess) {
    let begin: (folder: string) => void = () => undefined;
    const folderKnown = new Promise<string>((resolve) => {
      begin = resolve;
    });
    command.onLine((line) => {
      const runFolder = this.progress.accept(line);
      if (this.progress.folder !== undefined) {
        begin(this.progress.folder);
      }
      if (runFolder !== undefined) {
        this.#runBegan.fire(runFolder);
      }
      this.#changed.fire();
    });
    this.ended = command.ended.then((end) => (this.progress.outcome ? {} : { error: failureOfCommand(end) }));
    this.begun = Promise.race([folderKnown, this.ended.then(({ error }) => this.#beginning(error))]);
    this.begun.catch(() => undefined);
  }

  #beginning(error: Error | undefined): string {
    if (this.progress.folder === undefined) {
      throw error;
    }
    return this.progress.folder;
  }

  /** Whether a stop was asked for and the runs going on are being finished. */
  get isStopping(): boolean {
    return this.#stopWanted;
  }

  /** Asks the experiment to stop with complete run folders. */
  async stop(): Promise<void> {
    this.#stopWanted = true;
    this.#changed.fire();
    const folder = await this.begun.catch(() => undefined);
    if (folder !== undefined) {
      await writeFile(experimentFile(folder, 'stopRequest'), '');
    }
  }

  /** Stops following; the experiment goes on. */
  dispose(): void {
    this.command.dispose();
    this.#changed.dispose();
    this.#runBegan.dispose();
  }
}

import { writeFile } from 'node:fs/promises';
import { Emitter } from 'vscode-jsonrpc/node';
import { requests } from '../../engine/protocol/engineProtocol';
import { runFile } from '../../engine/runs/runFolder';
import type { RunStatus } from '../../engine/runs/runStatus';
import { describeExit, type EngineExit } from '../engine/engineFailure';
import type { EngineProcess } from '../engine/engineProcess';
import {
  checkpointState,
  crashedStatus,
  isLive,
  readEffectiveStatus,
  readStatusFile,
} from './effectiveStatus';
import { rememberExit } from './exitCauses';
import { FolderWatcher } from './folderWatcher';

/** A run that some process works on: one of this window, or one found by its run folder. */
export class LiveRun {
  readonly #changed = new Emitter<RunStatus>();
  readonly onDidChange = this.#changed.event;
  /** Resolves with the last status when the run has ended in any way; never rejects. */
  readonly ended: Promise<RunStatus>;
  readonly #watcher: FolderWatcher;
  #finish: (status: RunStatus) => void = () => undefined;
  #exit: EngineExit | undefined;
  #status: RunStatus;

  constructor(
    readonly runFolder: string,
    status: RunStatus,
    private readonly engine?: EngineProcess,
  ) {
    this.#status = status;
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#watcher = new FolderWatcher(runFolder, () => this.#look());
    void engine?.exited.then((exit) => {
      this.#exit = exit;
      rememberExit(engine.processId, describeExit(exit));
      return this.#look();
    });
  }

  get status(): RunStatus {
    return this.#status;
  }

  async #look(): Promise<void> {
    const status = await this.#statusNow();
    if (!status) {
      return;
    }
    this.#status = status;
    this.#changed.fire(status);
    // An engine of this window has ended when its process has: only then its folder is complete.
    if (!isLive(status) && (!this.engine || this.#exit)) {
      this.#watcher.dispose();
      this.#finish(status);
    }
  }

  async #statusNow(): Promise<RunStatus | undefined> {
    if (!this.#exit) {
      return this.engine ? await readStatusFile(this.runFolder) : await readEffectiveStatus(this.runFolder);
    }
    const status = (await readStatusFile(this.runFolder)) ?? this.#status;
    return isLive(status) ? crashedStatus(status, await checkpointState(this.runFolder)) : status;
  }

  /** Asks the run to end after the present iteration with a checkpoint; resolves when it has ended. */
  async stop(): Promise<RunStatus> {
    if (this.engine && !this.#exit) {
      await this.engine.request(requests.stopRun).catch(() => undefined);
    } else {
      await writeFile(runFile(this.runFolder, 'stopRequest'), '');
    }
    return this.ended;
  }

  /** Stops watching; the run itself goes on. */
  dispose(): void {
    this.#watcher.dispose();
    this.engine?.detach();
    this.#changed.dispose();
  }
}

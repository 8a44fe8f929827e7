import { Emitter } from 'vscode-jsonrpc/node';
import { SpikeBridgeError } from '../../engine/errors';
import { requests, type StartRunParameters } from '../../engine/protocol/engineProtocol';
import type { RunStatus } from '../../engine/runs/runStatus';
import type { EngineProcess } from '../engine/engineProcess';
import { isLive, readEffectiveStatus, readStatusFile } from './effectiveStatus';
import { LiveRun } from './liveRun';
import type { RunRegistry } from './runRegistry';

/** A run and what is true of it now. */
export interface RunEvent {
  readonly run: LiveRun;
  readonly status: RunStatus;
}

function initialStatus(engine: EngineProcess): RunStatus {
  const now = new Date().toISOString();
  return {
    state: 'preparing',
    name: 'transfer run',
    method: '',
    backend: '',
    activity: 'preparing',
    iteration: 0,
    iterations: 0,
    progress: 0,
    processId: engine.processId,
    hostName: '',
    startedAt: now,
    updatedAt: now,
  };
}

/** Starts, stops and follows the runs of this window, and finds those that outlived a reload. */
export class RunManager {
  readonly #runs = new Map<string, LiveRun>();
  readonly #started = new Emitter<RunEvent>();
  readonly #changed = new Emitter<RunEvent>();
  readonly #ended = new Emitter<RunEvent>();
  readonly onDidStart = this.#started.event;
  readonly onDidChange = this.#changed.event;
  readonly onDidEnd = this.#ended.event;

  constructor(
    private readonly registry: RunRegistry,
    private readonly startEngine: () => Promise<EngineProcess>,
  ) {}

  /** Runs that a process works on now, newest last. */
  get live(): readonly LiveRun[] {
    return [...this.#runs.values()];
  }

  /**
   * Starts or resumes a run in an engine process of its own; resolves when its run folder exists.
   * @throws SpikeBridgeError as reported by the engine, or (backend) when it cannot run.
   */
  async start(parameters: StartRunParameters): Promise<LiveRun> {
    if (parameters.resumeFolder && this.#runs.has(parameters.resumeFolder)) {
      throw new SpikeBridgeError(
        'run-folder',
        'This run is still going on.',
        'Open its dashboard, or stop it before you resume it.',
        { file: parameters.resumeFolder },
      );
    }
    const engine = await this.startEngine();
    try {
      const { runFolder } = await engine.request(requests.startRun, parameters);
      await this.registry.remember(runFolder);
      const status = (await readStatusFile(runFolder)) ?? initialStatus(engine);
      return this.#follow(new LiveRun(runFolder, status, engine));
    } catch (error) {
      engine.dispose();
      throw error;
    }
  }

  /**
   * Follows a run that another window or the command line started, or that outlived a window reload.
   * @returns undefined when no process works on it.
   */
  async attach(runFolder: string): Promise<LiveRun | undefined> {
    const known = this.#runs.get(runFolder);
    if (known) {
      return known;
    }
    const status = await readEffectiveStatus(runFolder);
    return status && isLive(status) ? this.#follow(new LiveRun(runFolder, status)) : undefined;
  }

  /** Follows every run of this workspace whose process still lives. */
  async reattach(): Promise<readonly LiveRun[]> {
    const runs = await Promise.all(this.registry.folders().map((folder) => this.attach(folder)));
    return runs.filter((run) => run !== undefined);
  }

  #follow(run: LiveRun): LiveRun {
    this.#runs.set(run.runFolder, run);
    run.onDidChange((status) => this.#changed.fire({ run, status }));
    void run.ended.then((status) => {
      this.#runs.delete(run.runFolder);
      this.#ended.fire({ run, status });
      run.dispose();
    });
    this.#started.fire({ run, status: run.status });
    return run;
  }

  /** Lets go of all runs; they train on. */
  dispose(): void {
    for (const run of this.#runs.values()) {
      run.dispose();
    }
    this.#runs.clear();
    this.#started.dispose();
    this.#changed.dispose();
    this.#ended.dispose();
  }
}

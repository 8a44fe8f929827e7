import path from 'node:path';
import { activateBackend, backendText, type ChosenBackend } from '../backends/activateBackend';
import type { BackendChoice } from '../backends/choice';
import { engineRuntime, runtimeText } from '../backends/runtime';
import { whileCompiling } from '../backends/whileCompiling';
import { splitText } from '../datasets/manifest';
import { reportOf, SpikeBridgeError } from '../errors';
import { trainsOnImages } from '../methods/methodPreset';
import { openChoices } from '../methods/openChoices';
import type { Checkpoint } from '../runs/checkpoint';
import { describeEnvironment } from '../runs/environment';
import type { MetricsRecord } from '../runs/metricsRecord';
import { readRunStatus } from '../runs/readRunStatus';
import type { RunState, RunStatus } from '../runs/runStatus';
import { newRunFolder, RunStore } from '../runs/runStore';
import { compilationActivity } from './compilationActivity';
import { readConfiguration, type TransferConfiguration } from './configuration';
import { namingFittingBatch, requireMemory } from './memoryFit';
import { loadRunData, type RunData } from './runData';
import { buildNetwork, buildTrainer, restoreTrainer } from './runModel';
import { startFrom, startHash } from './startWeights';
import { type Progress, progressOf, StatusReporter } from './statusReporter';
import { Teacher } from './teacher';
import { TrainingLoop } from './trainingLoop';

const STOP_REQUEST_EVERY_MS = 500;

/** What to run: a configuration file, or a run folder to resume. */
export type RunRequest = (
  | { readonly configurationFile: string; readonly outFolder?: string; readonly seed?: number }
  | { readonly resumeFolder: string }
) & {
  readonly backend?: BackendChoice;
};

/** Who watches a run. */
export interface RunObserver {
  onStatus(status: RunStatus): void;
  onRecord?(record: MetricsRecord): void;
  /** What the user should know of the data: the split and warnings. */
  onNotice?(text: string): void;
}

/** A transfer run: `open` makes and locks its folder, `execute` trains. One run per process. */
export class TransferRun {
  private readonly reporter: StatusReporter;
  private lastStopLook = 0;
  private stopWasRequested = false;
  private failedForKnownReason = false;

  private constructor(
    private readonly store: RunStore,
    private readonly configuration: TransferConfiguration,
    private readonly configurationFolder: string,
    private readonly observer: RunObserver,
    private readonly checkpoint?: Checkpoint,
    progress: Progress = {},
  ) {
    const { name, method } = configuration;
    const observe = (status: RunStatus) => observer.onStatus(status);
    this.reporter = new StatusReporter(store, observe, { name, method, ...progress });
  }

  /**
   * Validates the configuration and makes the run folder, or opens the folder to resume.
   * @throws SpikeBridgeError (configuration, run-folder, checkpoint).
   */
  static async open(request: RunRequest, observer: RunObserver): Promise<TransferRun> {
    return 'resumeFolder' in request
      ? TransferRun.reopen(request, observer)
      : TransferRun.create(request, observer);
  }

  private static async create(
    request: Extract<RunRequest, { configurationFile: string }>,
    observer: RunObserver,
  ): Promise<TransferRun> {
    const read = await readConfiguration(request.configurationFile);
    const { seed = read.seed, backend = read.backend } = request;
    const configuration = { ...read, seed, backend };
    const folder = request.outFolder
      ? path.resolve(request.outFolder)
      : await newRunFolder(configuration.runsFolder, configuration.name);
    const store = await RunStore.create(folder, configuration);
    const configurationFolder = path.dirname(path.resolve(request.configurationFile));
    const run = new TransferRun(store, configuration, configurationFolder, observer);
    await run.reporter.update({ activity: 'starting the engine' });
    return run;
  }

  private static async reopen(
    request: Extract<RunRequest, { resumeFolder: string }>,
    observer: RunObserver,
  ): Promise<TransferRun> {
    const folder = path.resolve(request.resumeFolder);
    const { store, checkpoint, configuration: recorded } = await RunStore.resume(folder);
    const configuration = { ...recorded, backend: request.backend ?? recorded.backend };
    const progress = progressOf(await readRunStatus(folder));
    const run = new TransferRun(store, configuration, folder, observer, checkpoint, progress);
    await run.reporter.update({ activity: 'starting the engine' });
    return run;
  }

  get runFolder(): string {
    return this.store.folder;
  }

  get status(): RunStatus {
    return this.reporter.status;
  }

  /**
   * Trains to the end, to an abort or to a failure; never throws: the status tells, and the folder is complete.
   * The process should end afterwards.
   */
  async execute(signal: AbortSignal): Promise<RunStatus> {
    try {
      await this.settle(await this.train(signal));
    } catch (error) {
      await this.settleFailure(error, signal);
    }
    await this.store.close().catch(() => {});
    return this.status;
  }

  /**
   * Leaves the folder truthful and unlocked where the process ends at once; to be resumed from its last checkpoint.
   * Synchronous; a run that has ended stays as it is.
   */
  abandon(): void {
    const { state, iteration } = this.status;
    if (state === 'preparing' || state === 'running') {
      this.store.log(`run interrupted at iteration ${iteration}`);
      this.reporter.close({ state: 'stopped', activity: 'interrupted', secondsLeft: undefined });
    }
  }

  /**
   * Removes a run that {@link execute} has ended, where this process made it and it failed before anything of value was
   * in its folder, for a reason that the status tells: the log of other failures is worth something.
   * @returns whether the run is gone.
   */
  async discardFailedStart(): Promise<boolean> {
    return this.failedForKnownReason && (await this.store.discard().catch(() => false));
  }

  private async settle(state: RunState): Promise<void> {
    this.store.log(`run ${state} at iteration ${this.status.iteration}`);
    const progress = state === 'finished' ? 1 : this.status.progress;
    await this.reporter.update({
      state,
      activity: state,
      progress,
      secondsLeft: state === 'finished' ? 0 : undefined,
    });
  }

  private async settleFailure(error: unknown, signal: AbortSignal): Promise<void> {
    const report = reportOf(error);
    const state: RunState = report.category === 'cancelled' || signal.aborted ? 'stopped' : 'failed';
    this.store.log(`run ${state}: ${report.message}${error instanceof Error ? `\n${error.stack}` : ''}`);
    // What is wrong with the folder itself is left to be looked at.
    const isKnown = error instanceof SpikeBridgeError && error.category !== 'run-folder';
    this.failedForKnownReason = state === 'failed' && isKnown;
    const failure = state === 'failed' ? { error: report } : {};
    await this.reporter
      .update({ state, activity: state, secondsLeft: undefined, ...failure })
      .catch(() => {});
  }

  private async train(signal: AbortSignal): Promise<'finished' | 'stopped'> {
    const { store } = this;
    const backend = await this.startBackend(signal);
    try {
      store.log(`engine on ${runtimeText(engineRuntime())}`);
      const taken = backendText(backend);
      store.log(taken);
      this.observer.onNotice?.(taken);
      await this.reporter.update({ backend: `${backend.name} (${backend.detail})` });
      if (await this.shouldStop(signal)) {
        return 'stopped';
      }
      return await this.trainWith(await this.loadTeacher(), backend, signal);
    } finally {
      await backend.dispose();
    }
  }

  /** A GPU compiles kernels for its self-test. */
  private startBackend(signal: AbortSignal): Promise<ChosenBackend> {
    const { backend, threads, precision } = this.configuration;
    return whileCompiling(activateBackend(backend, { threads, precision }), async (compilation) => {
      if (compilation) {
        const activity = compilationActivity(compilation, await this.shouldStop(signal));
        await this.reporter.update({ activity });
      }
    });
  }

  /** The frozen teacher of a distillation, if there is one. */
  private async loadTeacher(): Promise<Teacher | undefined> {
    const { distillation } = this.configuration;
    if (!distillation) {
      return undefined;
    }
    await this.reporter.update({ activity: 'loading the teacher' });
    return Teacher.load(distillation.teacher);
  }

  private async trainWith(
    teacher: Teacher | undefined,
    backend: ChosenBackend,
    signal: AbortSignal,
  ): Promise<'finished' | 'stopped'> {
    const { configuration } = this;
    try {
      const data = await this.loadData(signal, teacher);
      teacher?.requireClasses(data.classes, configuration.distillation?.teacher ?? '');
      await requireMemory(configuration, data.classes.length, backend);
      await this.recordEnvironment(backend, data, teacher);
      await this.reporter.update({ activity: 'building the network' });
      return await this.trainOn(data, signal)
        .catch((error) => {
          throw namingFittingBatch(error, configuration, data.classes.length, backend);
        })
        .finally(() => data.dispose());
    } finally {
      teacher?.dispose();
    }
  }

  private async loadData(signal: AbortSignal, teacher?: Teacher): Promise<RunData> {
    const { configuration } = this;
    const activity = trainsOnImages(configuration.method) ? 'reading images' : 'decoding recordings';
    await this.reporter.update({ activity, progress: 0 });
    const data = await loadRunData(
      configuration,
      {
        signal,
        onProgress: ({ done, total }) =>
          void this.reporter.update({ progress: total > 0 ? done / total : 1 }).catch(() => {}),
      },
      teacher,
    );
    const warnings = data.warnings.map((warning) => `warning: ${warning}`);
    for (const notice of [splitText(data.manifest), ...warnings]) {
      this.store.log(notice);
      this.observer.onNotice?.(notice);
    }
    return data;
  }

  /** Refuses to go on with other recordings, or another teacher, than the run began with. */
  private async requireUnchanged({ manifest }: RunData, teacher?: Teacher): Promise<void> {
    const { store } = this;
    const [split, taught] = [await store.recordedSplit(), await store.recordedTeacher()];
    if (split !== undefined && split !== manifest.sha256) {
      throw new SpikeBridgeError(
        'data',
        'the recordings have changed since the run began: the split has another hash',
        'Restore the data set as split.json lists it, or start a new run.',
        { file: store.folder },
      );
    }
    if (taught !== undefined && taught !== teacher?.sha256) {
      throw new SpikeBridgeError(
        'checkpoint',
        'the teacher has changed since the run began: its checkpoint has another hash',
        'Restore the checkpoint that distillation.teacher names, or start a new run.',
        { file: this.configuration.distillation?.teacher },
      );
    }
  }

  private async recordEnvironment(backend: ChosenBackend, data: RunData, teacher?: Teacher): Promise<void> {
    await this.requireUnchanged(data, teacher);
    const { store, configuration } = this;
    const startSha256 = await startHash(configuration.start);
    const environment = await describeEnvironment(backend, {
      seed: configuration.seed,
      splitSha256: data.manifest.sha256,
      ...(teacher && { teacherSha256: teacher.sha256 }),
      ...(startSha256 && { startSha256 }),
      openChoices: openChoices(configuration),
      folder: this.configurationFolder,
    });
    await store.writeEnvironment(environment, data.manifest);
  }

  private async trainOn(data: RunData, signal: AbortSignal): Promise<'finished' | 'stopped'> {
    const { configuration, store, reporter, checkpoint } = this;
    const network = buildNetwork(configuration, data.classes.length);
    const trainer = buildTrainer(configuration, network);
    try {
      if (checkpoint) {
        restoreTrainer(trainer, network, checkpoint, store.folder);
      } else if (configuration.start) {
        await startFrom(configuration.start, network, configuration.seed);
      }
      const onRecord = (record: MetricsRecord) => this.observer.onRecord?.(record);
      const shouldStop = () => this.shouldStop(signal);
      const parts = { configuration, data, network, trainer, store, reporter, onRecord, shouldStop };
      return await new TrainingLoop(parts, checkpoint).run();
    } finally {
      trainer.dispose();
      network.dispose();
    }
  }

  /** Looks for a stop.request file now and then, so that the file system is not asked every iteration. */
  private async shouldStop(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted || this.stopWasRequested) {
      return true;
    }
    const now = Date.now();
    if (now - this.lastStopLook < STOP_REQUEST_EVERY_MS) {
      return false;
    }
    this.lastStopLook = now;
    // Asked side by side, the one who finds the file must not be contradicted by one who comes after.
    const isFound = await this.store.takeStopRequest();
    this.stopWasRequested ||= isFound;
    return this.stopWasRequested;
  }
}

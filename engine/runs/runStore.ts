import { appendFileSync } from 'node:fs';
import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SplitManifest } from '../datasets/manifest';
import { SpikeBridgeError } from '../errors';
import { makeFolder } from '../files/makeFolder';
import type { NamedArray } from '../models/parameterStore';
import { restoredConfiguration, type TransferConfiguration } from '../training/configuration';
import { explainWriteFailure, writeAtomically, writeAtomicallyNow } from './atomicWrite';
import { type Checkpoint, type CheckpointFacts, readCheckpoint, writeCheckpoint } from './checkpoint';
import type { RunEnvironment } from './environment';
import { MetricsFile, truncateMetrics } from './metricsFile';
import type { MetricsRecord } from './metricsRecord';
import { RUN_FILES, runFile } from './runFolder';
import { RunLock } from './runLock';
import type { RunStatus } from './runStatus';

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** What a run writes before its first checkpoint. */
const FILES_OF_START = ['configuration', 'environment', 'split', 'status', 'log', 'stopRequest'] as const;

/** environment.json: what the run began with, and with what it was resumed. */
type RecordedEnvironment = RunEnvironment & { readonly resumes?: readonly RunEnvironment[] };

/** A run folder opened again. */
export interface ResumedRun {
  readonly store: RunStore;
  readonly configuration: TransferConfiguration;
  /** Absent when the run ended before its first checkpoint. */
  readonly checkpoint?: Checkpoint;
}

/** One run folder, held for writing. Owns its lock and its open metrics file. */
export class RunStore {
  private metrics?: MetricsFile;

  private constructor(
    readonly folder: string,
    private readonly lock: RunLock,
    /** Where the run comes from: a folder made for it, an empty one that was there, or an earlier process. */
    private readonly origin: 'made' | 'found' | 'resumed',
  ) {}

  /**
   * Makes a new run folder. An existing folder must be empty.
   * @throws SpikeBridgeError (run-folder) when it holds a run or other files, is locked or cannot be written.
   */
  static async create(folder: string, configuration: TransferConfiguration): Promise<RunStore> {
    const checkpoints = path.dirname(runFile(folder, 'lastCheckpoint'));
    const isThere = await refuseUsedFolder(folder);
    await makeFolder(checkpoints).catch((error) => {
      throw explainWriteFailure(error, folder);
    });
    const store = new RunStore(folder, await RunLock.acquire(folder), isThere ? 'found' : 'made');
    await writeAtomically(runFile(folder, 'configuration'), json(configuration));
    return store;
  }

  /**
   * Opens a run folder to continue it; without a checkpoint it starts over.
   * @throws SpikeBridgeError (run-folder) when it is no run folder, is locked or read-only.
   */
  static async resume(folder: string): Promise<ResumedRun> {
    const configuration = await readRunConfiguration(folder);
    const file = runFile(folder, 'lastCheckpoint');
    const lock = await RunLock.acquire(folder);
    try {
      const hasCheckpoint = (await stat(file).catch(() => undefined)) !== undefined;
      const checkpoint = hasCheckpoint ? await readCheckpoint(file) : undefined;
      await truncateMetrics(runFile(folder, 'metrics'), checkpoint?.iteration ?? 0);
      await rm(runFile(folder, 'stopRequest'), { force: true });
      return { store: new RunStore(folder, lock, 'resumed'), checkpoint, configuration };
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Records what the run is made with; a resumed run adds to the first record. */
  async writeEnvironment(environment: RunEnvironment, split: SplitManifest): Promise<void> {
    const file = runFile(this.folder, 'environment');
    const first = await readFile(file, 'utf8').then(
      (text) => JSON.parse(text) as RecordedEnvironment,
      () => undefined,
    );
    const recorded = first ? { ...first, resumes: [...(first.resumes ?? []), environment] } : environment;
    await writeAtomically(file, json(recorded));
    if (!first) {
      await writeAtomically(runFile(this.folder, 'split'), json(split));
    }
  }

  /** The split hash that the run began with; undefined for a run that never got that far. */
  async recordedSplit(): Promise<string | undefined> {
    const text = await readFile(runFile(this.folder, 'split'), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as SplitManifest).sha256;
  }

  /** The teacher's hash that the run began with; undefined without distillation. */
  async recordedTeacher(): Promise<string | undefined> {
    const text = await readFile(runFile(this.folder, 'environment'), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as RunEnvironment).teacherSha256;
  }

  async writeStatus(status: RunStatus): Promise<void> {
    await writeAtomically(runFile(this.folder, 'status'), json(status), { durable: false });
  }

  /** Leaves the folder to others where the process ends at once. Synchronous; nothing may be written after it. */
  abandon(status: RunStatus): void {
    writeAtomicallyNow(runFile(this.folder, 'status'), json(status));
    this.lock.releaseNow();
  }

  append(record: MetricsRecord): void {
    this.metrics ??= MetricsFile.open(runFile(this.folder, 'metrics'));
    this.metrics.append(record);
  }

  /** Appends a line to engine.log; a log that cannot be written never ends a run. */
  log(message: string): void {
    try {
      appendFileSync(runFile(this.folder, 'log'), `${new Date().toISOString()} ${message}\n`);
    } catch {
      // The run's own files report the failure.
    }
  }

  async writeCheckpoint(
    file: 'lastCheckpoint' | 'bestCheckpoint' | 'finalCheckpoint',
    arrays: readonly NamedArray[],
    facts: CheckpointFacts,
  ): Promise<void> {
    await writeCheckpoint(runFile(this.folder, file), arrays, facts);
  }

  /** Whether somebody asked the run to stop through the folder; the request is removed. */
  async takeStopRequest(): Promise<boolean> {
    const file = runFile(this.folder, 'stopRequest');
    const requested = (await stat(file).catch(() => undefined)) !== undefined;
    if (requested) {
      await rm(file, { force: true });
    }
    return requested;
  }

  /** Closes the metrics file and releases the lock; the folder is complete. */
  async close(): Promise<void> {
    this.metrics?.close();
    await this.lock.release();
  }

  /**
   * Removes a new run, closed, that holds no more than a start leaves; an empty folder that was there stays.
   * @returns whether it was removed; a checkpoint, metrics or a file of somebody else keep it.
   */
  async discard(): Promise<boolean> {
    const checkpoints = path.dirname(RUN_FILES.lastCheckpoint);
    const removable: readonly string[] = [checkpoints, ...FILES_OF_START.map((file) => RUN_FILES[file])];
    const entries = await readdir(this.folder, { recursive: true });
    if (this.origin === 'resumed' || entries.some((entry) => !removable.includes(entry))) {
      return false;
    }
    await Promise.all(FILES_OF_START.map((file) => rm(runFile(this.folder, file), { force: true })));
    await rmdir(path.join(this.folder, checkpoints));
    if (this.origin === 'made') {
      await rmdir(this.folder);
    }
    return true;
  }
}

/** A new run never writes into a folder that holds anything. @returns whether there is a folder, which is empty. */
async function refuseUsedFolder(folder: string): Promise<boolean> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw explainWriteFailure(error, folder);
  });
  if (entries && entries.length > 0) {
    const holdsRun = entries.includes('configuration.json');
    throw new SpikeBridgeError(
      'run-folder',
      holdsRun ? 'the folder already holds a run' : 'the folder is not empty',
      holdsRun
        ? 'Resume it with --resume, or choose another folder with --out.'
        : 'Choose a new folder with --out.',
      { file: folder },
    );
  }
  return entries !== undefined;
}

/** The resolved configuration of a run folder. @throws SpikeBridgeError (run-folder, configuration) when it is none. */
export async function readRunConfiguration(folder: string): Promise<TransferConfiguration> {
  const file = runFile(folder, 'configuration');
  return restoredConfiguration(await readRecorded(file), file);
}

async function readRecorded(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new SpikeBridgeError(
      'run-folder',
      'this is not a run folder: its configuration cannot be read',
      'Name a folder that "spikebridge train" made; it holds configuration.json.',
      { file },
      { cause },
    );
  }
}

/** A folder name for a new run: `<name>-<UTC date>-<time>`, unused so far. */
export async function newRunFolder(runsFolder: string, name: string): Promise<string> {
  const stamp = new Date().toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  const safeName = name.replace(/[^A-Za-z0-9._-]+/g, '-');
  const taken = new Set(await readdir(runsFolder).catch(() => [] as string[]));
  const base = `${safeName}-${stamp}`;
  let folder = base;
  for (let copy = 2; taken.has(folder); copy++) {
    folder = `${base}-${copy}`;
  }
  return path.join(runsFolder, folder);
}

import { NotificationType, RequestType, RequestType0 } from 'vscode-jsonrpc';
import type { BackendReport } from '../backends/backendReport';
import type { BackendChoice } from '../backends/choice';
import type { GpuProbe } from '../backends/gpuProbe';
import type { EngineRuntime } from '../backends/runtime';
import type { ErrorReport } from '../errors';
import type { RunStatus } from '../runs/runStatus';

/**
 * RPC between the extension host and one engine process (dist/engine.js), over the child's IPC channel with
 * vscode-jsonrpc's IPCMessageReader/Writer. One engine process does one task. A training process that loses its
 * channel (window reload) trains on: the run folder is the truth, and status.json / metrics.jsonl are what views read.
 */
export const PROTOCOL_VERSION = 1;

export interface HelloResult {
  readonly protocolVersion: number;
  readonly engineVersion: string;
  readonly processId: number;
}

export interface StartRunParameters {
  /** Absolute path of a `*.transfer.jsonc`; absent when a run folder is resumed. */
  readonly configurationFile?: string;
  /** Absolute path of a run folder to resume; everything else then comes from that folder. */
  readonly resumeFolder?: string;
  readonly backend?: BackendChoice;
  readonly seed?: number;
}

/** Answer to `run/start`, sent as soon as the run folder exists and is locked. */
export interface StartRunResult {
  readonly runFolder: string;
}

/** How a run ended. */
export interface RunOutcome {
  readonly status: RunStatus;
  readonly runFolder: string;
}

export interface CreateSampleParameters {
  /** Absolute folder to create the sample data and its run configurations in. */
  readonly folder: string;
}
export interface CreateSampleResult {
  readonly folder: string;
  /** Absolute paths of the run configurations written beside the data, the recommended one first. */
  readonly configurationFiles: readonly string[];
}

export interface TaskProgress {
  readonly message: string;
  /** In [0, 1]. */
  readonly fraction: number;
  readonly secondsLeft?: number;
}

export interface DoctorResult {
  readonly engineVersion: string;
  readonly runtime: EngineRuntime;
  readonly backends: readonly BackendReport[];
  /** What `auto` picks, and why. */
  readonly automatic: { readonly name: string; readonly reason: string };
}

/** Requests to the engine. Failures are ResponseErrors whose `data` is an ErrorReport. */
export const requests = {
  hello: new RequestType0<HelloResult, ErrorReport>('engine/hello'),
  startRun: new RequestType<StartRunParameters, StartRunResult, ErrorReport>('run/start'),
  /** Ends the run after the current iteration with a checkpoint; resolves when the folder is complete. */
  stopRun: new RequestType0<RunOutcome, ErrorReport>('run/stop'),
  /** Cancellable by its CancellationToken. */
  createSample: new RequestType<CreateSampleParameters, CreateSampleResult, ErrorReport>('sample/create'),
  doctor: new RequestType0<DoctorResult, ErrorReport>('engine/doctor'),
  /** Asked before a training: a process that cannot use the GPU, or ends over it, is replaced by one that can. */
  probeGpu: new RequestType0<GpuProbe, ErrorReport>('engine/probeGpu'),
} as const;

/** Notifications from the engine. */
export const notifications = {
  /** About twice a second while a run lives. */
  runStatus: new NotificationType<RunStatus>('run/status'),
  /** Once, when the run has ended in any way the engine can still report; the process exits afterwards. */
  runEnded: new NotificationType<RunOutcome>('run/ended'),
  taskProgress: new NotificationType<TaskProgress>('task/progress'),
  log: new NotificationType<{ readonly level: 'info' | 'warning' | 'error'; readonly message: string }>(
    'engine/log',
  ),
} as const;

import path from 'node:path';

/**
 * The plain files of a run folder. Everything but metrics.jsonl and engine.log is written atomically (temporary
 * file, fsync, rename); metrics.jsonl is append-only, one JSON object per line (see metricsRecord.ts).
 */
export const RUN_FILES = {
  configuration: 'configuration.json',
  environment: 'environment.json',
  split: 'split.json',
  status: 'status.json',
  metrics: 'metrics.jsonl',
  log: 'engine.log',
  /** Held by the process that writes to the folder. */
  lock: 'run.lock',
  /** Made by whoever wants the run to stop; the engine looks for it between iterations and removes it. */
  stopRequest: 'stop.request',
  /** Weights, optimizer moments and iteration: what --resume continues from. */
  lastCheckpoint: 'checkpoints/last.safetensors',
  /** Weights with the best test accuracy so far, under the authors' parameter names. */
  bestCheckpoint: 'checkpoints/best.safetensors',
  /** Weights at the end of a finished run. */
  finalCheckpoint: 'checkpoints/final.safetensors',
} as const;

/** Absolute path of one of the run's files. */
export function runFile(runFolder: string, file: keyof typeof RUN_FILES): string {
  return path.join(runFolder, RUN_FILES[file]);
}

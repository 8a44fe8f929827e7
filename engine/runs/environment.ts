import { execFile } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';
import { version_core } from '@tensorflow/tfjs-core';
import { version } from '../../package.json';
import type { ChosenBackend } from '../backends/activateBackend';
import type { KernelReport } from '../backends/backendReport';
import type { TakenPrecision } from '../backends/precision';
import { type EngineRuntime, engineRuntime } from '../backends/runtime';
import type { OpenChoice } from '../methods/openChoices';

/** environment.json of a run folder: what the numbers were made with. */
export interface RunEnvironment {
  readonly engineVersion: string;
  readonly tfjsVersion: string;
  readonly node: string;
  readonly runtime: EngineRuntime;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly backend: TakenPrecision & {
    readonly name: string;
    readonly detail: string;
    readonly reason: string;
    readonly kernels: readonly string[];
    readonly kernelReports?: readonly KernelReport[];
  };
  /** Of the folder that holds the run configuration; absent outside git. */
  readonly git?: { readonly commit: string; readonly dirty: boolean };
  readonly seed: number;
  readonly splitSha256: string;
  /** SHA-256 of the teacher's checkpoint; absent without distillation. */
  readonly teacherSha256?: string;
  /** SHA-256 of the checkpoint whose weights the run started from; absent where they were drawn. */
  readonly startSha256?: string;
  /** Values in effect that the papers' sources at hand do not give: assumptions of SpikeBridge. */
  readonly openChoices: readonly OpenChoice[];
  readonly command: readonly string[];
}

/** Version of SpikeBridge. */
export const ENGINE_VERSION: string = version;

const run = promisify(execFile);

/** Commit and state of the repository that a folder belongs to. */
async function gitState(folder: string): Promise<RunEnvironment['git']> {
  try {
    const { stdout: commit } = await run('git', ['rev-parse', 'HEAD'], { cwd: folder });
    const { stdout: changes } = await run('git', ['status', '--porcelain'], { cwd: folder });
    return { commit: commit.trim(), dirty: changes.trim() !== '' };
  } catch {
    return undefined;
  }
}

/** Describes this machine, process and backend. @param folder where the run configuration lies. */
export async function describeEnvironment(
  backend: ChosenBackend,
  {
    folder,
    ...recorded
  }: Pick<RunEnvironment, 'seed' | 'splitSha256' | 'teacherSha256' | 'startSha256' | 'openChoices'> & {
    folder: string;
  },
): Promise<RunEnvironment> {
  const { name, detail, reason, precision, precisionReason, kernels, kernelReports } = backend;
  const git = await gitState(folder);
  return {
    engineVersion: ENGINE_VERSION,
    tfjsVersion: version_core,
    node: process.version,
    runtime: engineRuntime(),
    platform: `${os.platform()} ${os.release()} ${os.arch()}`,
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    backend: {
      ...{ name, detail, reason, precision, precisionReason, kernels },
      ...(kernelReports && { kernelReports }),
    },
    ...(git && { git }),
    ...recorded,
    command: process.argv.slice(1),
  };
}

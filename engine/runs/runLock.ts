import { rmSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import { SpikeBridgeError } from '../errors';
import { explainWriteFailure } from './atomicWrite';
import { runFile } from './runFolder';

/** Who writes to a run folder. */
interface LockHolder {
  readonly processId: number;
  readonly hostName: string;
}

/** Whether a process of this machine lives. */
export function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function readHolder(file: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

/** A lock whose process is gone; of another machine we cannot know, so it counts as held. */
function isStale(holder: LockHolder | undefined): boolean {
  return holder === undefined || (holder.hostName === os.hostname() && !isProcessAlive(holder.processId));
}

/** The right to write to a run folder; held by one process until released. */
export class RunLock {
  private constructor(private readonly file: string) {}

  /**
   * Takes the lock; one left by a process that has died is taken over.
   * @throws SpikeBridgeError (run-folder) when another process holds it, or the folder cannot be written.
   */
  static async acquire(runFolder: string): Promise<RunLock> {
    const file = runFile(runFolder, 'lock');
    const holder: LockHolder = { processId: process.pid, hostName: os.hostname() };
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        const handle = await open(file, 'wx');
        await handle.writeFile(JSON.stringify(holder));
        await handle.close();
        return new RunLock(file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
          throw explainWriteFailure(error, file);
        }
        await RunLock.removeStale(file);
      }
    }
    throw lockedError(file, await readHolder(file));
  }

  private static async removeStale(file: string): Promise<void> {
    const holder = await readHolder(file);
    if (!isStale(holder)) {
      throw lockedError(file, holder);
    }
    await rm(file, { force: true });
  }

  async release(): Promise<void> {
    await rm(this.file, { force: true });
  }

  /** For a process that ends at once. */
  releaseNow(): void {
    rmSync(this.file, { force: true });
  }
}

function lockedError(file: string, holder: LockHolder | undefined): SpikeBridgeError {
  const who = holder ? `process ${holder.processId} on ${holder.hostName}` : 'another process';
  return new SpikeBridgeError(
    'run-folder',
    `${who} is writing to this run folder`,
    'Wait until that run ends or stop it; if that machine is gone for good, delete the lock file.',
    { file },
  );
}

import { open } from 'node:fs/promises';
import { runFile } from '../../engine/runs/runFolder';

const MAX_HEADER_BYTES = 8 * 1024 * 1024;

/**
 * Iteration of the run folder's last checkpoint, from the `__metadata__` of its safetensors header.
 * @returns undefined when there is no readable checkpoint.
 */
export async function lastCheckpointIteration(runFolder: string): Promise<number | undefined> {
  const handle = await open(runFile(runFolder, 'lastCheckpoint'), 'r').catch(() => undefined);
  if (!handle) {
    return undefined;
  }
  try {
    const length = Number((await handle.read(Buffer.alloc(8), 0, 8, 0)).buffer.readBigUInt64LE());
    if (length > MAX_HEADER_BYTES) {
      return undefined;
    }
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, 8);
    const header = JSON.parse(buffer.toString('utf8')) as { __metadata__?: Record<string, string> };
    const iteration = Number(header.__metadata__?.iteration);
    return Number.isFinite(iteration) ? iteration : undefined;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

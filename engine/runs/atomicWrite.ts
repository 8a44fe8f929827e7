import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { SpikeBridgeError } from '../errors';

/** Errors of the file system as errors a user can act on; others unchanged. */
export function explainWriteFailure(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const explanation = WRITE_FAILURES[code ?? ''];
  if (!explanation) {
    return error;
  }
  return new SpikeBridgeError(
    'run-folder',
    explanation.message,
    explanation.nextStep,
    { file },
    { cause: error },
  );
}

const READ_ONLY = {
  message: 'the run folder cannot be written',
  nextStep:
    'Make the folder writable, or choose another one (--out DIR, or "runsFolder" in the configuration).',
};
const FULL = {
  message: 'the disk is full',
  nextStep: 'Free some space, then resume the run: everything up to the last checkpoint is kept.',
};
const WRITE_FAILURES: Readonly<Record<string, { message: string; nextStep: string }>> = {
  ENOSPC: FULL,
  EDQUOT: { ...FULL, message: 'the disk quota is used up' },
  EFBIG: { ...FULL, message: 'a file has reached the size limit of this process or file system' },
  EROFS: READ_ONLY,
  EACCES: READ_ONLY,
  EPERM: READ_ONLY,
  ENOENT: {
    message: 'the run folder has gone, or cannot be made',
    nextStep: 'Restore the folder, or choose another one (--out DIR, or "runsFolder" in the configuration).',
  },
  ENOTDIR: { message: 'a part of this path is a file, not a folder', nextStep: 'Choose another run folder.' },
};

const temporaryOf = (file: string) => `${file}.${process.pid}.tmp`;

/**
 * Writes a file so that readers and crashes see either the old or the new contents: temporary file, fsync, rename.
 * @param durable also survive a power cut (fsync of file and folder); off for files rewritten every second.
 * @throws SpikeBridgeError (run-folder) where the disk is full or the folder cannot be written; the old file stays.
 */
export async function writeAtomically(
  file: string,
  contents: string | Uint8Array,
  { durable = true } = {},
): Promise<void> {
  const temporary = temporaryOf(file);
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(contents);
      if (durable) {
        await handle.sync();
      }
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    if (durable) {
      await syncFolder(path.dirname(file));
    }
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw explainWriteFailure(error, file);
  }
}

/**
 * Writes a file as {@link writeAtomically} does, before anything else happens: for a process that ends at once. A write
 * of this process that is under way comes to nothing.
 */
export function writeAtomicallyNow(file: string, contents: string): void {
  rmSync(temporaryOf(file), { force: true });
  const last = `${temporaryOf(file)}.last`;
  writeFileSync(last, contents);
  renameSync(last, file);
}

/** Makes a rename durable; not every platform can open a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes a folder and its missing parents, one by one: Node's recursive mkdir never returns where a file system
 * refuses folders (/proc).
 * @throws the file system's error for the first folder that cannot be made.
 */
export async function makeFolder(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  if (parent !== folder && !(await stat(parent).catch(() => undefined))) {
    await makeFolder(parent);
  }
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') {
      throw error;
    }
  });
}

import { readFile } from 'node:fs/promises';

function answersSignal(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process of this machine runs; a zombie (ended, not yet collected by its parent) does not. */
export async function isProcessAlive(processId: number): Promise<boolean> {
  if (!Number.isInteger(processId) || processId <= 0 || !answersSignal(processId)) {
    return false;
  }
  const stat = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => '');
  return !/^\d+ \(.*\) Z /s.test(stat);
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const MEBIBYTE = 2 ** 20;
const LONGEST_MS = 5000;

/**
 * Most free memory among the GPUs of a name.
 * @param table lines "name, free MiB", as nvidia-smi prints them. @returns bytes; undefined where no line fits.
 */
export function freeBytesOf(table: string, name: string): number | undefined {
  const free = table
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter(([device]) => device === name)
    .map(([, mebibytes]) => Number(mebibytes) * MEBIBYTE)
    .filter(Number.isFinite);
  return free.length > 0 ? Math.max(...free) : undefined;
}

/**
 * Memory that a GPU has left, where its maker's tool is installed: WebGPU does not tell.
 * @param name as the adapter gives it, e.g. "NVIDIA H200".
 */
export async function freeGpuMemory(name: string): Promise<number | undefined> {
  const query = ['--query-gpu=name,memory.free', '--format=csv,noheader,nounits'];
  const answer = await promisify(execFile)('nvidia-smi', query, { timeout: LONGEST_MS }).catch(
    () => undefined,
  );
  return answer && freeBytesOf(answer.stdout, name);
}

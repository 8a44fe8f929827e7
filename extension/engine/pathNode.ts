import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const OLDEST_MAJOR = 20;
const LONGEST_MS = 5000;

/** A Node that can run the engine. */
export interface PathNode {
  /** Absolute path. */
  readonly executable: string;
  /** E.g. "20.20.2". */
  readonly version: string;
}

/**
 * The program `node` of the PATH.
 * @param environment without variables of VS Code. @param folder to run it in: not one whose files are untrusted.
 * @returns undefined where there is none, or where it is older than Node 20 or is Electron.
 */
export async function findPathNode(
  environment: NodeJS.ProcessEnv,
  folder: string,
): Promise<PathNode | undefined> {
  const script = 'process.stdout.write(JSON.stringify([process.execPath, process.versions]))';
  const options = { env: environment, cwd: folder, timeout: LONGEST_MS, windowsHide: true };
  try {
    const { stdout } = await promisify(execFile)('node', ['-e', script], options);
    const [executable, { node: version, electron }] = JSON.parse(stdout);
    const isUsable = Number.parseInt(version, 10) >= OLDEST_MAJOR && electron === undefined;
    return isUsable ? { executable, version } : undefined;
  } catch {
    return undefined;
  }
}

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { repositoryFile } from './repository';

const IS_WINDOWS = process.platform === 'win32';
const PYTHON = repositoryFile('.cache/peer-readers', IS_WINDOWS ? 'Scripts/python.exe' : 'bin/python');
const SCRIPT = repositoryFile('test/tools/peerReaders.py');
const NOT_INSTALLED = 3;
const MOST_OUTPUT = 2 ** 28;

/** Why a test is skipped, and how to have it run. */
export const PEERS_MISSING = 'not installed; run node .dev/peer-readers.mjs';

/** Events as columns of whole numbers. */
export interface PeerEvents {
  readonly t: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly p: readonly number[];
}

/** Result of a transform of tonic: kept events, or values in row order. */
export interface PeerTensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Runs the script. @returns undefined where the package, or the whole environment, is not installed. */
function runPeer<Result>(parameters: readonly string[], input?: unknown): Result | undefined {
  if (!existsSync(PYTHON)) {
    return undefined;
  }
  const { status, stdout, stderr } = spawnSync(PYTHON, [SCRIPT, ...parameters], {
    input: input === undefined ? '' : JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT,
  });
  if (status === NOT_INSTALLED) {
    return undefined;
  }
  if (status !== 0) {
    throw new Error(`${parameters.join(' ')}: ${stderr}`);
  }
  return JSON.parse(stdout) as Result;
}

/** Reads a recording with another program's package. */
export function readWithPeer(reader: string, file: string): PeerEvents | undefined {
  return runPeer(['read', reader, file]);
}

/** Computes tonic's transforms. @param cases names and parameters as in our settings. */
export function computeWithTonic(
  events: PeerEvents,
  size: readonly [number, number],
  cases: readonly object[],
): (PeerEvents | PeerTensor)[] | undefined {
  return runPeer(['tonic'], { events, size, cases });
}

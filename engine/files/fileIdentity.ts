import { stat } from 'node:fs/promises';
import { SpikeBridgeError } from '../errors';

/** What tells a file from another version of itself. */
export interface FileIdentity {
  /** Size in bytes. */
  readonly size: number;
  /** Time of the last change, in ms since 1970. */
  readonly mtimeMs: number;
}

/** @throws SpikeBridgeError (data) for a recording that is not there or cannot be reached. */
export async function recordingIdentity(file: string): Promise<FileIdentity> {
  return stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw new SpikeBridgeError(
      'data',
      `the recording cannot be read (${cause.code})`,
      'Check that the data set is complete, then start the run again.',
      { file },
      { cause },
    );
  });
}

import { SpikeBridgeError } from '../../errors';
import type { NewFile } from './newFile';

/** As the name of a file to make: standard output. */
export const STANDARD_OUTPUT = '-';

function needsFile(): SpikeBridgeError {
  return new SpikeBridgeError(
    'usage',
    'this format cannot go to standard output: its beginning is written last',
    'Name a file to make.',
  );
}

function unwritten(cause: NodeJS.ErrnoException): SpikeBridgeError {
  return cause.code === 'EPIPE'
    ? new SpikeBridgeError(
        'cancelled',
        'whoever read standard output has stopped',
        'Read it to its end, or name a file to make.',
        {},
        { cause },
      )
    : new SpikeBridgeError(
        'data',
        `standard output cannot be written (${cause.code ?? cause.message})`,
        'Make room where it goes, or name a file to make.',
        {},
        { cause },
      );
}

/**
 * Standard output as a file that is written from its start to its end; there is nothing to take back.
 * @throws SpikeBridgeError (usage) from what only files can do; from `append`: (cancelled) where nobody reads any more,
 *   (data) where it cannot be written.
 */
export function standardOutput(stream: NodeJS.WritableStream = process.stdout): NewFile {
  let size = 0;
  const append = (bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      size += bytes.length;
      const refuse = (cause: Error) => reject(unwritten(cause));
      stream.once('error', refuse);
      stream.write(Buffer.from(bytes), (error) => {
        stream.removeListener('error', refuse);
        if (error) {
          refuse(error);
        } else {
          resolve();
        }
      });
    });
  return {
    target: 'standard output',
    get temporaryPath(): string {
      throw needsFile();
    },
    sink: async () => ({
      get size() {
        return size;
      },
      append,
      overwrite: async () => {
        throw needsFile();
      },
    }),
    scratch: async () => {
      throw needsFile();
    },
    async commit() {},
    async discard() {},
  };
}

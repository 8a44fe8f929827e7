import { SpikeBridgeError } from '../../errors';
import { STANDARD_OUTPUT } from '../../events/writers/standardOutput';

/** @throws SpikeBridgeError (usage) for --force where no file is made that could replace another. */
export function requireFileToReplace(target: string, force: boolean | undefined): void {
  if (force && target === STANDARD_OUTPUT) {
    throw new SpikeBridgeError(
      'usage',
      '--force does not apply: standard output replaces no file',
      'Leave it out, or name the file to make.',
    );
  }
}

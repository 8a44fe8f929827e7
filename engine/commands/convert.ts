import path from 'node:path';
import { readAnyCheckpoint } from '../checkpoints/anyCheckpoint';
import { SpikeBridgeError } from '../errors';
import { writeAtomically } from '../runs/atomicWrite';
import { encodeSafetensors } from '../runs/safetensors';
import { EXIT, type ExitCode, type Output } from './output';

const SUFFIX = '.safetensors';

/**
 * Writes the weights of any readable checkpoint as safetensors, under the names they have.
 * @throws SpikeBridgeError (usage, checkpoint, run-folder).
 */
export async function convert(source: string, target: string, output: Output): Promise<ExitCode> {
  if (path.extname(target) !== SUFFIX || path.resolve(source) === path.resolve(target)) {
    throw new SpikeBridgeError(
      'usage',
      `the file to write must be another one and end in ${SUFFIX}`,
      'Name a new .safetensors file.',
      { file: target },
    );
  }
  const arrays = await readAnyCheckpoint(source);
  await writeAtomically(target, encodeSafetensors(arrays, { format: 'pt' }));
  output.print(`${arrays.size} tensors written to ${target}`);
  return EXIT.ok;
}

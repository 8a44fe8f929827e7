import path from 'node:path';
import { readAnyCheckpoint } from '../checkpoints/anyCheckpoint';
import { SpikeBridgeError } from '../errors';
import { beginFile, requireOtherFile } from '../events/writers/newFile';
import { encodeSafetensors } from '../runs/safetensors';
import { EXIT, type ExitCode, type Output } from './output';

const SUFFIX = '.safetensors';

/** Options of `spikebridge convert`. */
export interface ConvertOptions {
  /** Whether a file at the target may be replaced. */
  readonly force?: boolean;
}

async function writeFileOnce(target: string, bytes: Uint8Array, replace: boolean): Promise<void> {
  const file = await beginFile(target, { replace });
  try {
    await (await file.sink()).append(bytes);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/**
 * Writes the weights of any readable checkpoint as safetensors, under the names they have.
 * @throws SpikeBridgeError (usage) where the target exists and may not be replaced; (checkpoint, data).
 */
export async function convert(
  source: string,
  target: string,
  { force = false }: ConvertOptions,
  output: Output,
): Promise<ExitCode> {
  if (path.extname(target) !== SUFFIX || path.resolve(source) === path.resolve(target)) {
    throw new SpikeBridgeError(
      'usage',
      `the file to write must be another one and end in ${SUFFIX}`,
      'Name a new .safetensors file.',
      { file: target },
    );
  }
  await requireOtherFile(source, target);
  const arrays = await readAnyCheckpoint(source);
  await writeFileOnce(target, encodeSafetensors(arrays, { format: 'pt' }), force);
  output.print(`${arrays.size} tensors written to ${target}`);
  return EXIT.ok;
}

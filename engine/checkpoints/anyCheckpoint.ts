import { readFile } from 'node:fs/promises';
import { SpikeBridgeError } from '../errors';
import type { NamedArray } from '../models/parameterStore';
import { decodeSafetensors, type StoredTensor } from '../runs/safetensors';
import { isTorchFile, readTorchCheckpoint } from './torchCheckpoint';

/** Weights of a file by the authors' names, in PyTorch's layout. */
export type NamedArrays = ReadonlyMap<string, NamedArray>;

async function readBytes(file: string): Promise<Buffer> {
  return readFile(file).catch((cause) => {
    throw new SpikeBridgeError(
      'checkpoint',
      'the checkpoint cannot be read',
      'Name a .pth, .pth.tar or .safetensors file.',
      { file },
      { cause },
    );
  });
}

/**
 * Reads the weights of a checkpoint that any program wrote: PyTorch (zip) or safetensors. Run checkpoints of
 * SpikeBridge are safetensors and are read too, without their run.
 * @throws SpikeBridgeError (checkpoint) where the file is missing, damaged, of another format, or a pickle that holds
 * more than tensors and plain containers.
 */
export async function readAnyCheckpoint(file: string): Promise<NamedArrays> {
  const bytes = await readBytes(file);
  const tensors: ReadonlyMap<string, StoredTensor> = isTorchFile(bytes)
    ? readTorchCheckpoint(bytes, file)
    : decodeSafetensors(bytes, file).tensors;
  return new Map([...tensors].map(([name, tensor]) => [name, { name, ...tensor }]));
}

import { limited } from './limits';
import { withoutProcessListeners } from './processListeners';

/** Decoder of bzip2; loads its WebAssembly once. */
export interface Bz2Decoder {
  /** `size` bytes that were packed. @throws Error where they are damaged. */
  unpack(bytes: Uint8Array, size: number): Uint8Array;
}

let library: Promise<Bz2Decoder> | undefined;

async function load(): Promise<Bz2Decoder> {
  const { default: Bzip2 } = await import('@foxglove/wasm-bz2');
  const bz2 = await Bzip2.init();
  return { unpack: (bytes, size) => bz2.decompress(bytes, limited(size)) };
}

export function bz2Decoder(): Promise<Bz2Decoder> {
  library ??= withoutProcessListeners(load);
  return library;
}

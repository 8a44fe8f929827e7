import type { ByteSource } from './byteSource';

/** Bytes in memory as a source. @param name for messages. */
export function memorySource(bytes: Uint8Array, name: string): ByteSource {
  return {
    name,
    size: bytes.length,
    async read(offset, length) {
      return bytes.subarray(Math.max(0, offset), Math.max(0, offset + length));
    },
    readSync: (offset, length) => bytes.subarray(Math.max(0, offset), Math.max(0, offset + length)),
    async close() {},
  };
}

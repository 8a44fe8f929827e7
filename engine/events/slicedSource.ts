import type { ByteSource } from './byteSource';

/** Part of a source as a source of its own; closing it leaves the whole open. */
export function slicedSource(whole: ByteSource, offset: number, size: number, name: string): ByteSource {
  const available = Math.max(0, Math.min(size, whole.size - offset));
  return {
    name,
    size: available,
    async read(from, length) {
      const start = Math.max(0, from);
      return whole.read(offset + start, Math.max(0, Math.min(length, available - start)));
    },
    async close() {},
  };
}

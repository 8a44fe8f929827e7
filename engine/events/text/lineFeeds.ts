import type { ByteSource } from '../byteSource';

const PROBE_BYTES = 1 << 16;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A source of text whose lines end in line feeds: the same one, unless only carriage returns end them. */
export async function lineFeedSource(source: ByteSource): Promise<ByteSource> {
  const head = await source.read(0, PROBE_BYTES);
  if (head.includes(LINE_FEED) || !head.includes(CARRIAGE_RETURN)) {
    return source;
  }
  return {
    name: source.name,
    size: source.size,
    async read(offset, length) {
      const bytes = await source.read(offset, length);
      return bytes.map((byte) => (byte === CARRIAGE_RETURN ? LINE_FEED : byte));
    },
    close: () => source.close(),
  };
}

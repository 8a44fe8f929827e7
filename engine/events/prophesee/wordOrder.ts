import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import type { FormatId } from '../formats';
import type { RawHeader } from './rawHeader';

const WORD_BYTES: Readonly<Partial<Record<FormatId, number>>> = { evt2: 4, evt21: 8, evt3: 2 };
/** What headers state: Metavision writes little, or legacy for the older halves of EVT2.1. */
const KNOWN_ORDERS: readonly (string | undefined)[] = [undefined, 'little', 'legacy', 'big'];

/** Reverses the bytes of each whole word; a cut word at the end stays as it is. */
function reverseWords(bytes: Uint8Array, wordBytes: number): Uint8Array {
  for (let begin = 0; begin + wordBytes <= bytes.length; begin += wordBytes) {
    bytes.subarray(begin, begin + wordBytes).reverse();
  }
  return bytes;
}

/** The source with the words from `begin` on in the other byte order. */
function reversedSource(source: ByteSource, begin: number, wordBytes: number): ByteSource {
  return {
    name: source.name,
    size: source.size,
    async read(offset, length) {
      const lead = offset > begin ? (offset - begin) % wordBytes : 0;
      const wanted = Math.ceil((lead + length) / wordBytes) * wordBytes;
      const words = reverseWords((await source.read(offset - lead, wanted)).slice(), wordBytes);
      return words.subarray(lead, lead + length);
    },
    close: () => source.close(),
  };
}

/** Whether the header states big endian words. @throws SpikeBridgeError (data) where it states an unknown order. */
export function isBigEndian({ endianness }: RawHeader, file: string): boolean {
  const order = endianness?.toLowerCase();
  if (!KNOWN_ORDERS.includes(order)) {
    throw new SpikeBridgeError(
      'data',
      `the header states the byte order (endianness) "${endianness}"; little, legacy and big are read`,
      'Ask for the order that the recorder writes, and correct the header line; or convert the file with the Metavision tools.',
      { file, byteOffset: 0 },
    );
  }
  return order === 'big';
}

/**
 * The words of a RAW file, least significant byte first: the file itself unless its header states big endian.
 * @throws SpikeBridgeError (data) where it states an unknown order.
 */
export function littleEndianWords(source: ByteSource, raw: RawHeader): ByteSource {
  const wordBytes = raw.format && WORD_BYTES[raw.format.value];
  return wordBytes && isBigEndian(raw, source.name)
    ? reversedSource(source, raw.header.end, wordBytes)
    : source;
}

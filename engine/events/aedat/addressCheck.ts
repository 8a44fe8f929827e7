import type { ByteSource } from '../byteSource';

const PROBE_RECORDS = 1 << 15;
/** Fewer records say nothing about the sensor. */
const ENOUGH_RECORDS = 2048;
/** A camera of 128 rows that saw anything used more of them; the addresses of an audio sensor stay below 2^10. */
const FEWEST_ROWS = 5;
const PIXEL_ADDRESS = 0x7fff;
const EXTERNAL_ADDRESS = 0xffff;

/** What the first addresses of a file without a chip name look like. */
export type AddressKind = 'dvs128' | 'audio' | 'wide' | 'empty';

/** Looks whether addresses fit a DVS128 (formats.md 2). @param recordBytes 6 or 8. */
export async function addressKind(
  source: ByteSource,
  begin: number,
  recordBytes: 6 | 8,
): Promise<AddressKind> {
  const bytes = await source.read(begin, PROBE_RECORDS * recordBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records = Math.floor(bytes.length / recordBytes);
  const rows = new Set<number>();
  let wide = 0;
  for (let record = 0; record < records; record++) {
    const address =
      recordBytes === 8 ? view.getUint32(record * recordBytes) : view.getUint16(record * recordBytes);
    if (address <= PIXEL_ADDRESS) {
      rows.add(address >>> 8);
    } else if (address > EXTERNAL_ADDRESS && address < 0x80000000) {
      wide++;
    }
  }
  if (records === 0) {
    return 'empty';
  }
  if (wide > 0) {
    return 'wide';
  }
  return records >= ENOUGH_RECORDS && rows.size < FEWEST_ROWS ? 'audio' : 'dvs128';
}

/** Whether 32-bit times behind the addresses run forwards: what speaks for records in a file without a version line. */
export async function timesRunForwards(
  source: ByteSource,
  begin: number,
  recordBytes: 6 | 8,
): Promise<boolean> {
  const bytes = await source.read(begin, PROBE_RECORDS * recordBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records = Math.floor(bytes.length / recordBytes);
  let backward = 0;
  for (let record = 1; record < records; record++) {
    const time = view.getUint32(record * recordBytes + recordBytes - 4);
    backward += time < view.getUint32(record * recordBytes - 4) ? 1 : 0;
  }
  return records > 1 && backward <= records / 100;
}

import type { ByteSource } from '../byteSource';
import type { SensorSize } from '../eventBatch';

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

/** Bits of a DAVIS event that are never set. */
const NO_DAVIS_BITS = 0x3ff;
/** Share of the addresses that must fit. */
const LEAST_SHARE = 0.99;

/**
 * The smallest size that holds all events when 32-bit addresses are read as those of a DAVIS (formats.md 2); undefined
 * where they make no sense as such. Frames and IMU words are passed over.
 */
export async function davisExtent(source: ByteSource, begin: number): Promise<SensorSize | undefined> {
  const bytes = await source.read(begin, PROBE_RECORDS * 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [events, fitting, width, height] = [0, 0, 0, 0];
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const address = view.getInt32(at);
    if (address >= 0) {
      events++;
      fitting += (address & NO_DAVIS_BITS) === 0 ? 1 : 0;
      width = Math.max(width, ((address >>> 12) & 0x3ff) + 1);
      height = Math.max(height, ((address >>> 22) & 0x1ff) + 1);
    }
  }
  return events > 0 && fitting >= events * LEAST_SHARE ? { width, height } : undefined;
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

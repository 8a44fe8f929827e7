import type { File as Hdf5File } from 'h5wasm';
import type { EventRow } from '../recordings';

type Fill = (file: Hdf5File) => void;

let files = 0;

/**
 * Bytes of an HDF5 file that the library wrote.
 * @param isOldest with headers of the oldest version, which have no checksums.
 */
export async function hdf5Bytes(fill: Fill, isOldest = false): Promise<Uint8Array> {
  const { File, ready } = await import('h5wasm');
  const { FS } = await ready;
  const name = `test-${files++}.h5`;
  const file = new File(name, 'w', isOldest ? { libver: ['earliest', 'latest'] } : undefined);
  fill(file);
  file.close();
  const bytes = FS.readFile(name) as Uint8Array;
  FS.unlink(name);
  return bytes.slice();
}

const CHUNK = 8192;

function chunked(rows: number) {
  return rows > 0
    ? { chunks: [Math.min(CHUNK, rows)], compression: 'gzip' as const, compression_opts: 1 }
    : {};
}

/** events/{p, t, x, y}, ms_to_idx and t_offset. */
export function dsecFile(rows: readonly EventRow[]): Promise<Uint8Array> {
  const offset = rows[0]?.[0] ?? 0;
  const times = rows.map(([t]) => t - offset);
  const last = Math.ceil((times.at(-1) ?? 0) / 1000);
  const index = Array.from({ length: last + 1 }, (_, ms) => {
    const row = times.findIndex((t) => t >= ms * 1000);
    return BigInt(row < 0 ? times.length : row);
  });
  return hdf5Bytes((file) => {
    const options = chunked(rows.length);
    file.create_group('events');
    file.create_dataset({ name: 'events/t', data: Uint32Array.from(times), ...options });
    file.create_dataset({ name: 'events/x', data: Uint16Array.from(rows.map(([, x]) => x)), ...options });
    file.create_dataset({ name: 'events/y', data: Uint16Array.from(rows.map(([, , y]) => y)), ...options });
    file.create_dataset({ name: 'events/p', data: Uint8Array.from(rows.map(([, , , p]) => p)), ...options });
    file.create_dataset({ name: 'ms_to_idx', data: BigUint64Array.from(index) });
    file.create_dataset({ name: 't_offset', data: BigInt64Array.of(BigInt(offset)), shape: [] });
  });
}

/** davis/left/events and davis/right/events: doubles x, y, t in seconds, polarity -1 and 1; pictures beside. */
export function mvsecFile(rows: readonly EventRow[], pictures = 0): Promise<Uint8Array> {
  const values = rows.flatMap(([t, x, y, p]) => [x, y, t / 1e6, p * 2 - 1]);
  return hdf5Bytes((file) => {
    const data = Float64Array.from(values);
    file.create_group('davis');
    for (const side of ['left', 'right']) {
      file.create_group(`davis/${side}`);
      file.create_dataset({ name: `davis/${side}/events`, data, shape: [rows.length, 4] });
    }
    if (pictures > 0) {
      const pixels = Uint8Array.from({ length: pictures * 12 }, (_, index) => index);
      const times = Float64Array.from({ length: pictures }, (_, index) => index + 0.5);
      file.create_dataset({ name: 'davis/left/image_raw', data: pixels, shape: [pictures, 3, 4] });
      file.create_dataset({ name: 'davis/left/image_raw_ts', data: times });
    }
  });
}

/** A file without events. */
export function otherHdf5(): Promise<Uint8Array> {
  return hdf5Bytes((file) => {
    file.create_dataset({ name: 'images', data: new Uint8Array(60), shape: [5, 3, 4] });
  });
}

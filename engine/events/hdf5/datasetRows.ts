import type { ByteSource } from '../byteSource';
import { DamagedRows } from '../columns/damagedRows';
import { chunkUnpacker, isInLibrary } from './filters/pipeline';
import type { Hdf5Dataset, Hdf5File } from './hdf5File';
import { isTrap } from './library';

/**
 * Raw elements of a dataset by rows, as they lie in the file once filters are undone. Where rows follow each other
 * along the second axis, all first elements come first, then all second ones.
 */
export type ReadRows = (first: number, count: number) => Promise<Uint8Array>;

const COPY_AGAIN = 'copy the file again from where it was recorded';
/** Chunks that stay unpacked: those of a page and its neighbour. */
const KEPT_CHUNKS = 3;

/** The function that reads rows, through the library where it knows the filters, else chunk by chunk. */
export async function rowReader(file: Hdf5File, dataset: Hdf5Dataset): Promise<ReadRows> {
  return isInLibrary(dataset.filters) ? libraryRows(file, dataset) : tiledRows(file, dataset);
}

/** Some elements of each row of a matrix. */
interface Elements {
  readonly from: number;
  readonly wide: number;
}

/** Calls the library; true where it could read. The bytes are in its memory then. */
function libraryCaller({ instance, library }: Hdf5File, dataset: Hdf5Dataset) {
  const { path, shape, elementSize, rowAxis, width } = dataset;
  const { Module } = instance;
  const along = (rows: number, others: (size: number) => number) =>
    shape.map((size, axis) => BigInt(axis === rowAxis ? rows : others(size)));
  const read = (first: number, count: number, { from, wide }: Elements): Uint8Array | undefined => {
    const size = count * wide * elementSize;
    const pointer = Number(Module._malloc(size));
    if (pointer === 0) {
      throw new DamagedRows(`${size} bytes of ${path} do not fit the memory`);
    }
    try {
      const status = Module.get_dataset_data(
        library.file_id,
        path,
        along(count, (size) => (wide < width ? wide : size)),
        along(first, () => from),
        shape.map(() => 1n),
        BigInt(pointer),
      );
      return status < 0 ? undefined : Module.HEAPU8.slice(pointer, pointer + size);
    } finally {
      Module._free(pointer);
    }
  };
  return (first: number, count: number, elements = { from: 0, wide: width }): Uint8Array | undefined => {
    try {
      return read(first, count, elements);
    } catch (error) {
      throw isTrap(error, instance) ? new DamagedRows(`the library failed at rows of ${path}`) : error;
    }
  };
}

async function libraryRows(file: Hdf5File, dataset: Hdf5Dataset): Promise<ReadRows> {
  const call = libraryCaller(file, dataset);
  return async (first, count) => {
    const rows = Math.max(0, Math.min(count, dataset.rows - first));
    const name = `rows ${first} to ${first + rows - 1} of ${dataset.path}`;
    file.mounted.forgetReads();
    const bytes = rows > 0 ? call(first, rows) : new Uint8Array(0);
    if (file.mounted.readBeyondEnd()) {
      throw new DamagedRows(`the file ends before rows of ${dataset.path}`, file.source.size);
    }
    if (!bytes) {
      const place = file.mounted.lastRead()?.offset;
      throw new DamagedRows(`${name} cannot be read and were left out; ${COPY_AGAIN}`, place);
    }
    return bytes;
  };
}

/** Rows of chunks that may be narrower than they are, as h5py makes them of N x 4 by itself. */
async function tiledRows(file: Hdf5File, dataset: Hdf5Dataset): Promise<ReadRows> {
  const { chunks = [], shape, rowAxis, width, path, elementSize } = dataset;
  const isNarrow = chunks.some((size, axis) => axis !== rowAxis && size < shape[axis]!);
  if (!isNarrow && (rowAxis === 0 || width === 1)) {
    return chunkRows(file, dataset, { from: 0, wide: width });
  }
  const wide = chunks[1] ?? width;
  if (rowAxis === 1 || shape.length !== 2 || width % wide > 0) {
    return async () => {
      throw new DamagedRows(`the chunks of ${path} do not fit its rows, which is not read with its filter`);
    };
  }
  const tiles: ReadRows[] = [];
  for (let from = 0; from < width; from += wide) {
    tiles.push(await chunkRows(file, dataset, { from, wide }));
  }
  return async (first, count) => {
    const parts: Uint8Array[] = [];
    for (const tile of tiles) {
      parts.push(await tile(first, count));
    }
    return sideBySide(parts, wide * elementSize);
  };
}

/** Rows made of the rows of each part. @param size bytes of a part's row. */
function sideBySide(parts: readonly Uint8Array[], size: number): Uint8Array {
  const rows = (parts[0]?.length ?? 0) / size;
  const out = new Uint8Array(parts.length * rows * size);
  parts.forEach((part, index) => {
    for (let row = 0; row < rows; row++) {
      out.set(part.subarray(row * size, (row + 1) * size), (row * parts.length + index) * size);
    }
  });
  return out;
}

/**
 * Rows of chunks with filters that the library lacks. Asked for one row, the library finds and reads the chunk and
 * fails at the filter; where it read last is where the chunk lies.
 */
async function chunkRows(file: Hdf5File, dataset: Hdf5Dataset, elements: Elements): Promise<ReadRows> {
  const { chunks = [], elementSize, filters, path, rowAxis, rows } = dataset;
  const rowsPerChunk = chunks[rowAxis] ?? 1;
  const rowBytes = elements.wide * elementSize;
  const call = libraryCaller(file, dataset);
  const unpack = await chunkUnpacker({ filters, elementSize, size: rowsPerChunk * rowBytes });
  const kept = new Map<number, Uint8Array>();

  async function chunk(index: number): Promise<Uint8Array> {
    const known = kept.get(index);
    if (known) {
      return known;
    }
    const bytes = await readChunk(index);
    kept.set(index, bytes);
    if (kept.size > KEPT_CHUNKS) {
      kept.delete(kept.keys().next().value!);
    }
    return bytes;
  }

  async function readChunk(index: number): Promise<Uint8Array> {
    const first = index * rowsPerChunk;
    file.mounted.forgetReads();
    if (call(first, 1, elements)) {
      // Stored without the filter, or never written.
      return call(first, Math.min(rowsPerChunk, rows - first), elements)!;
    }
    const place = file.mounted.lastRead();
    const least = Math.min(rowsPerChunk, rows - first);
    const name = `chunk ${index} of ${path} (rows ${first} to ${first + least - 1})`;
    if (!place) {
      throw new DamagedRows(`${name} cannot be found and was left out; ${COPY_AGAIN}`);
    }
    const bytes = await unpacked(file.source, place, { path, name }, unpack);
    if (bytes.length < least * rowBytes) {
      const held = Math.floor(bytes.length / rowBytes);
      throw new DamagedRows(
        `${name} is damaged (it holds ${held} rows) and was left out; ${COPY_AGAIN}`,
        place.offset,
      );
    }
    return bytes;
  }

  return async (first, count) => {
    const end = Math.min(rows, first + count);
    const bytes = new Uint8Array(Math.max(0, end - first) * rowBytes);
    for (let row = first; row < end; ) {
      const index = Math.floor(row / rowsPerChunk);
      const stop = Math.min(end, (index + 1) * rowsPerChunk);
      const start = index * rowsPerChunk;
      const part = (await chunk(index)).subarray((row - start) * rowBytes, (stop - start) * rowBytes);
      bytes.set(part, (row - first) * rowBytes);
      row = stop;
    }
    return bytes;
  };
}

async function unpacked(
  source: ByteSource,
  { offset, length }: { offset: number; length: number },
  { path, name }: { readonly path: string; readonly name: string },
  unpack: (chunk: Uint8Array) => Uint8Array,
): Promise<Uint8Array> {
  const raw = (await source.read(offset, length)).slice();
  if (raw.length < length) {
    throw new DamagedRows(`the file ends before rows of ${path}`, source.size);
  }
  try {
    return unpack(raw);
  } catch (cause) {
    throw new DamagedRows(
      `${name} is damaged (${(cause as Error).message}) and was left out; ${COPY_AGAIN}`,
      offset,
    );
  }
}

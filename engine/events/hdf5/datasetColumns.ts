import type { Column } from '../columns/columnRecording';
import { decodeNumbers, decodeQuotients } from '../columns/numericType';
import { type ReadRows, rowReader } from './datasetRows';
import { checkFilters, type Hdf5Dataset, type Hdf5File, type Hdf5Member } from './hdf5File';

/** Rows that are kept because several columns lie in them. */
interface KeptRows {
  readonly first: number;
  readonly count: number;
  readonly bytes: Promise<Uint8Array>;
}

/** Reads the same rows once for several columns. */
function remembering(read: ReadRows): ReadRows {
  let kept: KeptRows | undefined;
  return (first, count) => {
    if (kept?.first !== first || kept.count !== count) {
      kept = { first, count, bytes: read(first, count) };
    }
    return kept.bytes;
  };
}

/**
 * The columns of a dataset: members of compounds, numbers of a row of the second axis, or the only one.
 * @throws SpikeBridgeError (data) where it is compressed in a way that is not read.
 */
export async function columnsOfDataset(file: Hdf5File, dataset: Hdf5Dataset): Promise<readonly Column[]> {
  checkFilters(file, dataset);
  const read = remembering(await rowReader(file, dataset));
  return Array.from({ length: dataset.width }, (_, index) => index).flatMap((index) =>
    dataset.members.map((member) => columnOf(read, dataset, member, index)),
  );
}

function columnOf(
  read: ReadRows,
  { elementSize, width, rowAxis }: Hdf5Dataset,
  { type, offset }: Hdf5Member,
  index: number,
): Column {
  const rowBytes = elementSize * width;
  const stretch = async (first: number, count: number) => {
    const bytes = await read(first, count);
    const rows = Math.floor(bytes.length / rowBytes);
    const layout =
      rowAxis === 0
        ? { type, offset: index * elementSize + offset, stride: rowBytes }
        : { type, offset: index * rows * elementSize + offset, stride: elementSize };
    return { bytes, layout, rows };
  };
  const column: Column = {
    isFloat: type.kind === 'float',
    async read(first, count) {
      const { bytes, layout, rows } = await stretch(first, count);
      return decodeNumbers(bytes, layout, rows);
    },
  };
  if (type.kind === 'float' || type.size < 8) {
    return column;
  }
  return {
    ...column,
    async readNanoseconds(first, count) {
      const { bytes, layout, rows } = await stretch(first, count);
      return decodeQuotients(bytes, layout, rows, 1000n);
    },
  };
}

import type { ByteSource } from '../byteSource';
import type { Column } from '../columns/columnRecording';
import { decodeNumbers, decodeQuotients, type NumericType } from '../columns/numericType';
import type { NpyHeader } from './npyHeader';

/** Numbers that stand `stride` bytes apart, the first at byte `offset` of a source. */
export interface StridedNumbers {
  readonly source: ByteSource;
  readonly type: NumericType;
  readonly offset: number;
  readonly stride: number;
  readonly rows: number;
}

/** A column of numbers in a source, read in stretches. */
export function stridedColumn({ source, type, offset, stride, rows }: StridedNumbers): Column {
  const stretch = async (first: number, count: number) => {
    const wanted = Math.max(0, Math.min(count, rows - first));
    const bytes = await source.read(
      offset + first * stride,
      wanted > 0 ? (wanted - 1) * stride + type.size : 0,
    );
    const complete = bytes.length < type.size ? 0 : Math.floor((bytes.length - type.size) / stride) + 1;
    return { bytes, complete: Math.min(wanted, complete) };
  };
  const column: Column = {
    isFloat: type.kind === 'float',
    async read(first, count) {
      const { bytes, complete } = await stretch(first, count);
      return decodeNumbers(bytes, { type, offset: 0, stride }, complete);
    },
  };
  if (type.kind === 'float' || type.size < 8) {
    return column;
  }
  return {
    ...column,
    async readNanoseconds(first, count) {
      const { bytes, complete } = await stretch(first, count);
      return decodeQuotients(bytes, { type, offset: 0, stride }, complete, 1000n);
    },
  };
}

/** The columns of an array: fields of a structured one, the short axis of a plain one. */
export interface NpyColumns {
  /** Names of fields; undefined for a plain array. */
  readonly names: readonly string[] | undefined;
  readonly columns: readonly Column[];
  readonly rows: number;
}

/** Most columns that an array of events has (t, x, y, p and a few more). */
const MOST_COLUMNS = 16;

/** The array as columns; undefined where it is not one list of numbers per event. */
export function columnsOf(source: ByteSource, header: NpyHeader): NpyColumns | undefined {
  const { type, shape } = header;
  if (type.isStructured) {
    return structuredColumns(source, header);
  }
  const number = type.fields[0]?.type;
  const sizes = shape.filter((size) => size !== 1);
  if (!number || shape.length === 0 || sizes.length > 2) {
    return undefined;
  }
  if (sizes.length < 2 && shape.length !== 2) {
    const rows = shape.reduce((product, size) => product * size, 1);
    const column = { source, type: number, offset: header.data, stride: number.size, rows };
    return { names: undefined, columns: [stridedColumn(column)], rows };
  }
  const [first = 1, second = 1] = sizes.length === 2 ? sizes : shape;
  return plainColumns(source, header, number, first, second);
}

function structuredColumns(source: ByteSource, { type, shape, data }: NpyHeader): NpyColumns {
  const rows = shape.reduce((product, size) => product * size, 1);
  const fields = type.fields.flatMap(({ name, type: number, offset }) =>
    number && name !== '' ? [{ name, number, offset }] : [],
  );
  return {
    names: fields.map(({ name }) => name),
    columns: fields.map(({ number, offset }) =>
      stridedColumn({ source, type: number, offset: data + offset, stride: type.itemSize, rows }),
    ),
    rows,
  };
}

function plainColumns(
  source: ByteSource,
  { data, isColumnMajor }: NpyHeader,
  type: NumericType,
  first: number,
  second: number,
): NpyColumns | undefined {
  const isWide = second !== 4 && (first === 4 || (second !== 3 && first < second && first <= MOST_COLUMNS));
  const count = isWide ? first : second;
  const rows = isWide ? second : first;
  if (count > MOST_COLUMNS) {
    return undefined;
  }
  // Whether the numbers of one column stand next to each other.
  const isContiguous = isWide !== isColumnMajor;
  const columns = Array.from({ length: count }, (_, column) =>
    stridedColumn({
      source,
      type,
      offset: data + column * type.size * (isContiguous ? rows : 1),
      stride: type.size * (isContiguous ? 1 : count),
      rows,
    }),
  );
  return { names: undefined, columns, rows };
}

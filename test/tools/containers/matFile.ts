import { zlibSync } from 'fflate';
import type { EventRow } from '../recordings';
import { ByteWriter } from './bytes';

const MATRIX = 14;
const COMPRESSED = 15;
const DOUBLE_CLASS = 6;
const STRUCT_CLASS = 2;

/** Data types by their number in the format. */
const TYPES = { int8: 1, uint8: 2, uint16: 4, int32: 5, uint32: 6, double: 9 } as const;

function element(type: number, content: Uint8Array): Uint8Array {
  if (content.length > 0 && content.length <= 4 && type !== MATRIX) {
    return new ByteWriter()
      .u32(type | (content.length << 16))
      .bytes(content)
      .pad(8)
      .done();
  }
  return new ByteWriter().u32(type).u32(content.length).bytes(content).pad(8).done();
}

function numbers(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer);
}

function matrix(
  classNumber: number,
  name: string,
  dimensions: readonly number[],
  ...rest: Uint8Array[]
): Uint8Array {
  const content = new ByteWriter()
    .bytes(element(TYPES.uint32, numbers(Uint32Array.of(classNumber, 0))))
    .bytes(element(TYPES.int32, numbers(Int32Array.from(dimensions))))
    .bytes(element(TYPES.int8, new TextEncoder().encode(name)));
  for (const part of rest) {
    content.bytes(part);
  }
  return element(MATRIX, content.done());
}

/** Columns as MATLAB stores them: doubles by class, in the smallest type that holds their values. */
function columns(rows: readonly EventRow[], names: readonly [string, string, string, string]): Uint8Array[] {
  const of = (index: number) => rows.map((row) => row[index]!);
  const size = [rows.length, 1];
  return [
    matrix(DOUBLE_CLASS, names[0], size, element(TYPES.double, numbers(Float64Array.from(of(0))))),
    matrix(DOUBLE_CLASS, names[1], size, element(TYPES.uint16, numbers(Uint16Array.from(of(1))))),
    matrix(DOUBLE_CLASS, names[2], size, element(TYPES.uint16, numbers(Uint16Array.from(of(2))))),
    matrix(DOUBLE_CLASS, names[3], size, element(TYPES.uint8, numbers(Uint8Array.from(of(3))))),
  ];
}

function file(elements: readonly Uint8Array[], isCompressed: boolean): Uint8Array {
  const writer = new ByteWriter().text('MATLAB 5.0 MAT-file, test'.padEnd(116)).u64(0).u16(0x0100).text('IM');
  for (const each of elements) {
    if (isCompressed) {
      const packed = zlibSync(each);
      writer.u32(COMPRESSED).u32(packed.length).bytes(packed);
    } else {
      writer.bytes(each);
    }
  }
  return writer.done();
}

/** Four variables, as ASL-DVS has them. */
export function matColumns(rows: readonly EventRow[], isCompressed: boolean): Uint8Array {
  return file(columns(rows, ['ts', 'x', 'y', 'pol']), isCompressed);
}

function struct(name: string, fields: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const length = 32;
  const names = new TextEncoder().encode(
    Object.keys(fields)
      .map((field) => field.padEnd(length, '\0'))
      .join(''),
  );
  return matrix(
    STRUCT_CLASS,
    name,
    [1, 1],
    element(TYPES.int32, numbers(Int32Array.of(length))),
    element(TYPES.int8, names),
    ...Object.values(fields),
  );
}

/** aedat.data.polarity, as iniVation's and IBM's exports have it. */
export function matStruct(rows: readonly EventRow[]): Uint8Array {
  const [timeStamp, x, y, polarity] = columns(rows, ['', '', '', '']);
  const events = struct('', { timeStamp: timeStamp!, x: x!, y: y!, polarity: polarity! });
  return file([struct('aedat', { data: struct('', { polarity: events }) })], true);
}

/** A file of doubles by name, for what is no recording. */
export function matOf(variables: Readonly<Record<string, readonly number[]>>): Uint8Array {
  const elements = Object.entries(variables).map(([name, values]) =>
    matrix(DOUBLE_CLASS, name, [values.length, 1], element(TYPES.double, numbers(Float64Array.from(values)))),
  );
  return file(elements, false);
}

/** Vectors of doubles by name, as columns or as rows. */
export function matNamed(variables: Readonly<Record<string, readonly number[]>>, asRows = false): Uint8Array {
  const elements = Object.entries(variables).map(([name, values]) =>
    matrix(
      DOUBLE_CLASS,
      name,
      asRows ? [1, values.length] : [values.length, 1],
      element(TYPES.double, numbers(Float64Array.from(values))),
    ),
  );
  return file(elements, true);
}

/** A matrix N x 4 of doubles, column after column. */
export function matMatrix(name: string, rows: readonly EventRow[]): Uint8Array {
  const values = [0, 1, 2, 3].flatMap((column) => rows.map((row) => row[column]!));
  const content = element(TYPES.double, numbers(Float64Array.from(values)));
  return file([matrix(DOUBLE_CLASS, name, [rows.length, 4], content)], true);
}

import type { ByteSource } from '../byteSource';
import type { NumericType } from '../columns/numericType';
import { type ElementSource, MATRIX, type MatElement, numberType, readElement } from './matElements';

const CLASSES: Readonly<Record<number, string>> = {
  1: 'cell',
  2: 'struct',
  3: 'object',
  4: 'char',
  5: 'sparse',
  6: 'double',
  7: 'single',
  8: 'int8',
  9: 'uint8',
  10: 'int16',
  11: 'uint16',
  12: 'int32',
  13: 'uint32',
  14: 'int64',
  15: 'uint64',
};
const STRUCT = 2;
const OBJECT = 3;
const FIRST_NUMERIC = 6;
const LAST_NUMERIC = 15;
const MOST_DEPTH = 8;
const MOST_FIELDS = 1024;
const MOST_NAME_BYTES = 1 << 16;
const MOST_DIMENSIONS = 32;

/** Numbers of a variable, in column-major order. */
export interface MatNumbers {
  readonly type: NumericType;
  readonly offset: number;
  readonly count: number;
  /** Inside a compressed element. */
  readonly isPacked: boolean;
  open(): ByteSource;
}

/** A variable, or a field of a struct. */
export interface MatVariable {
  readonly name: string;
  /** MATLAB's class: "double", "struct". */
  readonly className: string;
  readonly dimensions: readonly number[];
  /** Where it is an array of real numbers. */
  readonly numbers?: MatNumbers;
  /** Of a struct of one element. */
  readonly fields?: readonly MatVariable[];
}

/** Reads what a matrix element is, without its numbers; structs are entered. Undefined where it is damaged. */
export async function readVariable(
  elements: ElementSource,
  matrix: MatElement,
  depth = 0,
): Promise<MatVariable | undefined> {
  const { isLittle } = elements;
  const source = elements.open();
  const flags = await readElement(source, matrix.offset, isLittle);
  const dimensions = flags && (await readElement(source, flags.next, isLittle));
  const name = dimensions && (await readElement(source, dimensions.next, isLittle));
  if (
    !flags ||
    !dimensions ||
    !name ||
    name.size > MOST_NAME_BYTES ||
    dimensions.size > MOST_DIMENSIONS * 4
  ) {
    return undefined;
  }
  const flagBytes = await integers(source, flags, isLittle);
  const classNumber = (flagBytes[0] ?? 0) & 0xff;
  const variable = {
    name: await text(source, name),
    className: CLASSES[classNumber] ?? `class ${classNumber}`,
    dimensions: await integers(source, dimensions, isLittle),
  };
  if (classNumber === STRUCT || classNumber === OBJECT) {
    const fields = await readFields(
      elements,
      source,
      { start: name.next, isObject: classNumber === OBJECT },
      depth,
    );
    return { ...variable, fields };
  }
  const isNumeric = classNumber >= FIRST_NUMERIC && classNumber <= LAST_NUMERIC;
  const data = isNumeric ? await readElement(source, name.next, isLittle) : undefined;
  return { ...variable, ...(data && numbersOf(elements, data)) };
}

function numbersOf({ open, isLittle, isPacked }: ElementSource, { type, offset, size }: MatElement) {
  const number = numberType(type, isLittle);
  return (
    number && { numbers: { type: number, offset, count: Math.floor(size / number.size), isPacked, open } }
  );
}

/** Fields of the first element of a struct: the length of names, the names, then a matrix for each. */
async function readFields(
  elements: ElementSource,
  source: ByteSource,
  { start, isObject }: { start: number; isObject: boolean },
  depth: number,
): Promise<readonly MatVariable[]> {
  const { isLittle } = elements;
  const className = isObject ? await readElement(source, start, isLittle) : undefined;
  const length = await readElement(source, className?.next ?? start, isLittle);
  const names = length && (await readElement(source, length.next, isLittle));
  const [nameLength = 0] = length ? await integers(source, length, isLittle) : [];
  if (!names || nameLength <= 0 || names.size > MOST_NAME_BYTES || depth >= MOST_DEPTH) {
    return [];
  }
  const bytes = (await source.read(names.offset, names.size)).slice();
  const fields: MatVariable[] = [];
  let place = names.next;
  for (let at = 0; at + nameLength <= bytes.length && fields.length < MOST_FIELDS; at += nameLength) {
    const element = await readElement(source, place, isLittle);
    if (element?.type !== MATRIX) {
      break;
    }
    const field = await readVariable(elements, element, depth + 1);
    if (field) {
      fields.push({ ...field, name: untilZero(bytes.subarray(at, at + nameLength)) });
    }
    place = element.next;
  }
  return fields;
}

function untilZero(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return String.fromCharCode(...(end < 0 ? bytes : bytes.subarray(0, end)));
}

async function text(source: ByteSource, { offset, size }: MatElement): Promise<string> {
  return untilZero((await source.read(offset, size)).slice());
}

async function integers(
  source: ByteSource,
  { offset, size }: MatElement,
  isLittle: boolean,
): Promise<number[]> {
  const bytes = await source.read(offset, size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) =>
    view.getInt32(4 * index, isLittle),
  );
}

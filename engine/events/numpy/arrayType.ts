import { type NumericType, numericType } from '../columns/numericType';
import type { PythonValue } from './pythonLiteral';

/** A field of a structured array, or the only one of a plain array (with an empty name). */
export interface ArrayField {
  readonly name: string;
  /** Undefined for what is no number: text, padding, nested structures. */
  readonly type: NumericType | undefined;
  /** Bytes from the start of the item. */
  readonly offset: number;
}

/** Element type of an array. */
export interface ArrayType {
  /** NumPy's own spelling, for messages. */
  readonly text: string;
  readonly isStructured: boolean;
  readonly fields: readonly ArrayField[];
  /** Bytes of one element. */
  readonly itemSize: number;
  /** Holds Python objects, which are pickled. */
  readonly isPickled: boolean;
}

const KINDS: Readonly<Record<string, NumericType['kind']>> = {
  i: 'signed',
  u: 'unsigned',
  f: 'float',
  b: 'unsigned',
  M: 'signed',
  m: 'signed',
};

interface Scalar {
  readonly type: NumericType | undefined;
  readonly size: number;
  readonly isPickled: boolean;
}

/** One type string such as "<i8", "|b1", ">f4", "|V3", "|O". */
function parseScalar(text: string): Scalar {
  const match = /^([<>|=]?)([a-zA-Z?])(\d*)/.exec(text);
  if (!match) {
    throw new SyntaxError(`the type ${JSON.stringify(text)} is not known`);
  }
  const [, order, letter = '', digits] = match;
  const size = (letter === '?' ? 1 : Number(digits || 1)) * (letter === 'U' ? 4 : 1);
  const kind = letter === '?' ? 'unsigned' : KINDS[letter];
  const type = kind && numericType(kind, size, order !== '>');
  return { type, size: letter === 'O' ? 8 : size, isPickled: letter === 'O' };
}

/** Type of the header's `descr`: a string, a list of fields, or names with formats and offsets. */
export function parseDescription(descr: PythonValue): ArrayType {
  const text = JSON.stringify(descr);
  if (typeof descr === 'string') {
    const { type, size, isPickled } = parseScalar(descr);
    return { text, isStructured: false, fields: [{ name: '', type, offset: 0 }], itemSize: size, isPickled };
  }
  if (Array.isArray(descr)) {
    return { text, isStructured: true, ...parseFieldList(descr) };
  }
  if (typeof descr === 'object' && descr !== null) {
    return { text, isStructured: true, ...parseFieldTable(descr as { [key: string]: PythonValue }) };
  }
  throw new SyntaxError(`the type ${text} is not known`);
}

function parseFieldList(list: readonly PythonValue[]) {
  const fields: ArrayField[] = [];
  let offset = 0;
  let isPickled = false;
  for (const entry of list) {
    const [name, type, shape] = entry as readonly PythonValue[];
    const inner = typeof type === 'string' ? parseScalar(type) : nested(type ?? null);
    const count = repetitions(shape);
    fields.push({ name: fieldName(name), type: count === 1 ? inner.type : undefined, offset });
    offset += inner.size * count;
    isPickled ||= inner.isPickled;
  }
  return { fields, itemSize: offset, isPickled };
}

/** A field may have a title too: (title, name). */
function fieldName(name: PythonValue | undefined): string {
  return String(Array.isArray(name) ? name.at(-1) : name);
}

function nested(descr: PythonValue): Scalar {
  const { itemSize, isPickled } = parseDescription(descr);
  return { type: undefined, size: itemSize, isPickled };
}

function repetitions(shape: PythonValue | undefined): number {
  if (typeof shape === 'number') {
    return shape;
  }
  return Array.isArray(shape) ? shape.reduce((product: number, size) => product * Number(size), 1) : 1;
}

function parseFieldTable(table: { [key: string]: PythonValue }) {
  const { names, formats, offsets, itemsize } = table;
  if (!Array.isArray(names) || !Array.isArray(formats)) {
    throw new SyntaxError('a structured type without names and formats');
  }
  const packed = parseFieldList(names.map((name, index) => [name, formats[index] ?? null]));
  const fields = packed.fields.map((field, index) => ({
    ...field,
    offset: Array.isArray(offsets) ? Number(offsets[index]) : field.offset,
  }));
  return {
    fields,
    itemSize: typeof itemsize === 'number' ? itemsize : packed.itemSize,
    isPickled: packed.isPickled,
  };
}

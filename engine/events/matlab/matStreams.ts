import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { commonRows } from '../columns/columnLengths';
import { type Column, type EventColumns, sampleRows } from '../columns/columnRecording';
import { type Role, roleOfName, rolesByUser, rolesByValues } from '../columns/columnRoles';
import { stridedColumn } from '../numpy/npyArray';
import type { Found, OpenOptions } from '../recording';
import { found } from '../recordingFacts';
import type { MatNumbers, MatVariable } from './matVariables';

const ROLES = ['t', 'x', 'y', 'p'] as const;
const ROWS_PER_PAGE = 32_768;
const MOST_COLUMNS = 8;

/** Columns of events among a file's variables. */
export type MatStream =
  | { readonly kind: 'columns'; readonly name: string; readonly columns: Readonly<Record<Role, MatNumbers>> }
  | {
      readonly kind: 'matrix';
      readonly name: string;
      readonly matrix: MatVariable;
      readonly numbers: MatNumbers;
    };

/** Four columns by name at the top (CEP-DVS, ASL-DVS) or in a struct (aedat.data.polarity), else matrices N x 4. */
export function findStreams(variables: readonly MatVariable[]): MatStream[] {
  const columns = columnsAmong(variables, '');
  return columns.length > 0 ? columns : matricesAmong(variables, '');
}

function columnsAmong(variables: readonly MatVariable[], path: string): MatStream[] {
  const vectors = variables.filter(
    ({ numbers, dimensions }) => numbers && dimensions.filter((size) => size !== 1).length <= 1,
  );
  const [t, x, y, p] = ROLES.map((role) => vectors.find(({ name }) => roleOfName(name) === role)?.numbers);
  const here: MatStream[] =
    t && x && y && p ? [{ kind: 'columns', name: path || 'events', columns: { t, x, y, p } }] : [];
  const inside = variables.flatMap(({ name, fields }) =>
    fields ? columnsAmong(fields, joined(path, name)) : [],
  );
  return [...here, ...inside];
}

function matricesAmong(variables: readonly MatVariable[], path: string): MatStream[] {
  return variables.flatMap((variable) => {
    const name = joined(path, variable.name);
    const { fields, numbers, dimensions } = variable;
    if (fields) {
      return matricesAmong(fields, name);
    }
    const isMatrix =
      numbers && dimensions.length === 2 && dimensions.some((size) => size >= 4 && size <= MOST_COLUMNS);
    return isMatrix ? [{ kind: 'matrix' as const, name, matrix: variable, numbers }] : [];
  });
}

function joined(path: string, name: string): string {
  return path ? `${path}.${name}` : name;
}

/** A stream's columns, and how they were told apart. */
export interface MatEvents {
  readonly events: EventColumns;
  readonly how: string;
}

/** @throws SpikeBridgeError (usage) where a matrix does not tell its columns. */
export async function openStream(
  source: ByteSource,
  stream: MatStream,
  options: OpenOptions,
): Promise<MatEvents> {
  return stream.kind === 'columns' ? separate(stream.columns) : matrixEvents(source, stream, options);
}

function separate(numbers: Readonly<Record<Role, MatNumbers>>): MatEvents {
  const columns = {
    t: vector(numbers.t),
    x: vector(numbers.x),
    y: vector(numbers.y),
    p: vector(numbers.p),
  };
  const { t, x, y, p } = numbers;
  const lengths = { t: t.count, x: x.count, y: y.count, p: p.count };
  const isSequential = ROLES.some((role) => numbers[role].isPacked);
  return {
    events: { rows: commonRows(lengths), lengths, columns, rowsPerPage: ROWS_PER_PAGE, isSequential },
    how: 'names of the variables',
  };
}

/** Whole numbers are often stored as floats or in a smaller type than their class: only values tell fractions. */
function vector({ type, offset, count, open }: MatNumbers): Column {
  return stridedColumn({ source: open(), type, offset, stride: type.size, rows: count });
}

async function matrixEvents(
  source: ByteSource,
  { matrix, numbers }: Extract<MatStream, { kind: 'matrix' }>,
  options: OpenOptions,
): Promise<MatEvents> {
  const [first = 0, second = 0] = matrix.dimensions;
  const isTall = second <= MOST_COLUMNS && first > second;
  const rows = isTall ? first : second;
  const width = isTall ? second : first;
  const { type, offset, open } = numbers;
  const columns = Array.from({ length: width }, (_, index) =>
    stridedColumn({
      source: open(),
      type,
      // Column-major: a tall matrix has whole columns one after the other.
      offset: offset + index * type.size * (isTall ? rows : 1),
      stride: type.size * (isTall ? 1 : width),
      rows,
    }),
  );
  const roles = await rolesOf(source, matrix, columns, rows, options);
  const column = (role: Role) => columns[roles.value[role]]!;
  return {
    events: {
      rows,
      columns: { t: column('t'), x: column('x'), y: column('y'), p: column('p') },
      rowsPerPage: ROWS_PER_PAGE,
      isSequential: numbers.isPacked,
    },
    how: roles.how,
  };
}

async function rolesOf(
  source: ByteSource,
  { name, dimensions }: MatVariable,
  columns: readonly Column[],
  rows: number,
  { columns: wanted }: OpenOptions,
): Promise<Found<Readonly<Record<Role, number>>>> {
  if (wanted) {
    return found(rolesByUser(wanted, columns.length, source.name), 'set by the user');
  }
  const samples: Float64Array[] = [];
  for (const column of columns) {
    samples.push(await sampleRows(column, rows));
  }
  const roles = rolesByValues(samples);
  if (!roles) {
    throw new SpikeBridgeError(
      'usage',
      `the values of ${name} (${dimensions.join(' x ')}) do not tell which column is t, x, y and p`,
      'If it holds events, tell the columns in file order, such as txyp (below in the editor, or --columns).',
      { file: source.name },
    );
  }
  return roles;
}

/** Names of variables by role, for a layout title. */
export function hasName(variables: readonly MatVariable[], name: string): boolean {
  return variables.some((variable) => variable.name === name);
}

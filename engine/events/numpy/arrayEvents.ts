import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { type Column, type EventColumns, sampleRows } from '../columns/columnRecording';
import { type ColumnRoles, rolesByName, rolesByUser, rolesByValues } from '../columns/columnRoles';
import { rememberingSource } from '../readAhead';
import type { Found, OpenOptions } from '../recording';
import { found } from '../recordingFacts';
import { isRowByRow } from './missingRows';
import { columnsOf, type NpyColumns } from './npyArray';
import { type NpyHeader, readNpyHeader } from './npyHeader';

export const ROWS_PER_PAGE = 32_768;
const WINDOW_BYTES = 1 << 21;

/** Events of one array, and how its columns were told apart. */
export interface ArrayEvents {
  readonly header: NpyHeader;
  readonly events: EventColumns;
  readonly roles: Found<string>;
}

/** The refusal of an array of Python objects: reading it would run code of the file. */
export function refusePickled(file: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    'this NumPy file holds pickled Python objects (object dtype), as N-Omniglot does; they can run code when they ' +
      'are read, so they are not',
    'Convert it in Python: load it with allow_pickle=True and save t, x, y and p with numpy.savez.',
    { file },
  );
}

/**
 * Reads an array's header and finds the four columns.
 * @throws SpikeBridgeError (data) that says what the array is where it holds no events, (usage) where the columns have
 * to be told.
 * @param isSequential whether reading the end of the array costs a pass over it.
 */
export async function readArrayEvents(
  source: ByteSource,
  options: OpenOptions,
  isSequential = false,
): Promise<ArrayEvents> {
  const header = await readNpyHeader(source);
  if (header.type.isPickled) {
    throw refusePickled(source.name);
  }
  const array = columnsInOneReading(source, header);
  if (!array || (array.columns.length < 4 && !options.columns)) {
    throw noEvents(source, header, array);
  }
  const roles = await findRoles(array, options, source, header, isSequential);
  const role = (name: keyof ColumnRoles) => array.columns[roles.value[name]] as Column;
  return {
    header,
    events: {
      rows: array.rows,
      columns: { t: role('t'), x: role('x'), y: role('y'), p: role('p') },
      rowsPerPage: ROWS_PER_PAGE,
      isSequential,
    },
    roles: found(spellRoles(roles.value, array), roles.how),
  };
}

/** The columns; those that lie in the same bytes share what was read. */
export function columnsInOneReading(source: ByteSource, header: NpyHeader): NpyColumns | undefined {
  const array = columnsOf(source, header);
  return array && isRowByRow(header, array.rows)
    ? columnsOf(rememberingSource(source, WINDOW_BYTES), header)
    : array;
}

function spellRoles(roles: ColumnRoles, { names, columns }: NpyColumns): string {
  const letters = Array.from({ length: columns.length }, () => '-');
  for (const [role, index] of Object.entries(roles)) {
    letters[index] = names ? `${role}=${names[index]}` : role;
  }
  return letters.filter((letter) => !names || letter !== '-').join(names ? ' ' : '');
}

async function findRoles(
  array: NpyColumns,
  { columns: wanted }: OpenOptions,
  source: ByteSource,
  header: NpyHeader,
  isSequential: boolean,
): Promise<Found<ColumnRoles>> {
  if (wanted) {
    return found(rolesByUser(wanted, array.columns.length, source.name), 'set by the user');
  }
  if (array.names) {
    const byName = rolesByName(array.names);
    if (!byName) {
      throw noEvents(source, header, array);
    }
    return found(byName, 'names of the fields');
  }
  const samples = await Promise.all(
    array.columns.map((column) => sampleRows(column, array.rows, isSequential)),
  );
  const byValues = rolesByValues(samples);
  if (!byValues) {
    throw undecided(source, header);
  }
  return byValues;
}

function describe({ type, shape }: NpyHeader): string {
  return `${
    type.isStructured
      ? `fields ${type.fields
          .map(({ name }) => name)
          .filter(Boolean)
          .join(', ')}`
      : type.text
  }, shape (${shape.join(', ')})`;
}

const BOX_FIELDS = ['w', 'h', 'class_id'];

function noEvents(source: ByteSource, header: NpyHeader, array: NpyColumns | undefined): SpikeBridgeError {
  const names = array?.names ?? [];
  const isBoxes = BOX_FIELDS.every((name) => names.includes(name));
  const what = isBoxes ? 'bounding boxes (labels), not events' : 'no list of events';
  return new SpikeBridgeError(
    'data',
    `this NumPy array holds ${what}: ${describe(header)}`,
    'Open an array with fields t, x, y and p, or of shape N x 4; other orders are told in the form below in the editor, or with --columns.',
    { file: source.name },
  );
}

function undecided(source: ByteSource, header: NpyHeader): SpikeBridgeError {
  return new SpikeBridgeError(
    'usage',
    `the values do not tell which column is t, x, y and p (${describe(header)})`,
    'Tell the columns in file order, such as txyp or xytp (below in the editor, or --columns).',
    { file: source.name },
  );
}

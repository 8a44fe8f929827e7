import { SpikeBridgeError } from '../../errors';
import { type ColumnLengths, commonRows } from '../columns/columnLengths';
import { type Column, type EventColumns, sampleRows } from '../columns/columnRecording';
import { roleOfName, rolesByUser, rolesByValues } from '../columns/columnRoles';
import type { OpenOptions } from '../recording';
import { found } from '../recordingFacts';
import { columnsOfDataset } from './datasetColumns';
import type { Hdf5Dataset, Hdf5File } from './hdf5File';
import type { EventLayout } from './layouts';
import { findTimeTable } from './timeTables';

const LEAST_ROWS = 8192;
const MOST_ROWS = 65_536;

/** The columns of one stream. */
export interface Hdf5Events {
  readonly events: EventColumns;
  /** How roles were given to columns. */
  readonly columns: string;
}

/**
 * The four columns of a layout, with the container's own index where it has one.
 * @throws SpikeBridgeError (data) where they are compressed in a way that is not read, (usage) where the columns of a
 * matrix have to be told.
 */
export async function eventsOf(
  file: Hdf5File,
  layout: EventLayout,
  options: OpenOptions,
): Promise<Hdf5Events> {
  const { columns, how, dataset, rows, lengths } = await rolesOf(file, layout, options);
  const table = await findTimeTable(file, layout, columns.t);
  return {
    events: { rows, ...(lengths && { lengths }), columns, rowsPerPage: rowsPerPage(dataset), ...table },
    columns: how,
  };
}

/** Whole chunks, so that none is unpacked twice. */
function rowsPerPage({ chunks, rowAxis }: Hdf5Dataset): number {
  const chunk = chunks?.[rowAxis] ?? MOST_ROWS;
  return chunk >= LEAST_ROWS ? chunk : chunk * Math.ceil(LEAST_ROWS / chunk);
}

interface Roles {
  readonly columns: EventColumns['columns'];
  readonly rows: number;
  readonly lengths?: ColumnLengths;
  /** One of them, for the size of chunks. */
  readonly dataset: Hdf5Dataset;
  readonly how: string;
}

async function rolesOf(file: Hdf5File, layout: EventLayout, options: OpenOptions): Promise<Roles> {
  switch (layout.kind) {
    case 'columns':
      return separateColumns(file, layout.columns);
    case 'compound':
      return compoundColumns(file, layout.dataset);
    default:
      return matrixColumns(file, layout.dataset, options);
  }
}

async function separateColumns(
  file: Hdf5File,
  datasets: Extract<EventLayout, { kind: 'columns' }>['columns'],
) {
  const only = async (dataset: Hdf5Dataset) => (await columnsOfDataset(file, dataset))[0]!;
  const columns = {
    t: await only(datasets.t),
    x: await only(datasets.x),
    y: await only(datasets.y),
    p: await only(datasets.p),
  };
  const { t, x, y, p } = datasets;
  const lengths = { t: t.rows, x: x.rows, y: y.rows, p: p.rows };
  return { columns, rows: commonRows(lengths), lengths, dataset: datasets.t, how: 'names of the datasets' };
}

async function compoundColumns(file: Hdf5File, dataset: Hdf5Dataset) {
  const all = await columnsOfDataset(file, dataset);
  const named = (role: string) => all[dataset.members.findIndex(({ name }) => roleOfName(name) === role)]!;
  const columns = { t: named('t'), x: named('x'), y: named('y'), p: named('p') };
  return { columns, rows: dataset.rows, dataset, how: 'names of the members' };
}

async function matrixColumns(file: Hdf5File, dataset: Hdf5Dataset, options: OpenOptions) {
  const all = await columnsOfDataset(file, dataset);
  const roles = await matrixRoles(file, dataset, all, options);
  const columns = {
    t: all[roles.value.t]!,
    x: all[roles.value.x]!,
    y: all[roles.value.y]!,
    p: all[roles.value.p]!,
  };
  return { columns, rows: dataset.rows, dataset, how: roles.how };
}

async function matrixRoles(
  { source }: Hdf5File,
  { path, shape, rows }: Hdf5Dataset,
  all: readonly Column[],
  { columns }: OpenOptions,
) {
  if (columns) {
    return found(rolesByUser(columns, all.length, source.name), 'set by the user');
  }
  const samples: Float64Array[] = [];
  for (const column of all) {
    samples.push(await sampleRows(column, rows));
  }
  const roles = rolesByValues(samples);
  if (!roles) {
    throw new SpikeBridgeError(
      'usage',
      `the values of ${path} (${shape.join(' x ')}) do not tell which column is t, x, y and p`,
      'Tell the columns in file order, such as xytp (below in the editor, or --columns).',
      { file: source.name },
    );
  }
  return roles;
}

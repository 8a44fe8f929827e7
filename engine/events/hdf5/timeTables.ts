import type { Column, EventColumns } from '../columns/columnRecording';
import { decodeNumbers } from '../columns/numericType';
import { found } from '../recordingFacts';
import { columnsOfDataset } from './datasetColumns';
import { rowReader } from './datasetRows';
import { attributeText, type Hdf5Dataset, type Hdf5File } from './hdf5File';
import { type EventLayout, groupOf } from './layouts';

/** What the container tells of times: their unit, an offset, and an index of rows. */
export type TimeTable = Pick<EventColumns, 'timeUnit' | 'timeOffset' | 'findRow'>;

const MICROSECONDS_PER_MILLISECOND = 1000;
/** Prophesee's index has an entry per 2000 µs. */
const PROPHESEE_STEP = 2000;
const MILLISECOND_TABLES = ['ms_to_idx', 'ms_map_idx'];

/** Looks for the indexes of Prophesee (CD/indexes) and of DSEC and M3ED (row of each millisecond). */
export async function findTimeTable(file: Hdf5File, layout: EventLayout, t: Column): Promise<TimeTable> {
  if (layout.kind === 'compound') {
    return propheseeTable(file, groupOf(layout.dataset.path), t);
  }
  return layout.kind === 'columns' ? millisecondTable(file, groupOf(layout.columns.t.path)) : {};
}

function datasetAt({ datasets }: Hdf5File, path: string): Hdf5Dataset | undefined {
  return datasets.find((dataset) => dataset.path === path);
}

/** formats.md section 9: entry k >= 1 names the first event with t - t0 >= (k - 1) · 2000 µs; "offset" is -t0. */
async function propheseeTable(file: Hdf5File, group: string, t: Column): Promise<TimeTable> {
  const index = datasetAt(file, `${group}/indexes`);
  const place = index?.members.findIndex(({ name }) => name === 'id') ?? -1;
  if (!index || place < 0) {
    return {};
  }
  const timeUnit = found('us' as const, 'layout of Prophesee');
  const offset = Number(attributeText(file, index.path, 'offset'));
  const ids = (await columnsOfDataset(file, index))[place]!;
  if (!Number.isFinite(offset)) {
    return { timeUnit };
  }
  const findRow = async (wanted: number) => {
    const entry = Math.floor((wanted + offset) / PROPHESEE_STEP) + 1;
    const [row] = await ids.read(Math.max(0, Math.min(entry, index.rows - 1)), 1);
    return row !== undefined && (await isBefore(t, row, wanted)) ? row : undefined;
  };
  return { timeUnit, findRow };
}

/** Whether a row is not behind a time: indexes of other writers may count otherwise. */
async function isBefore(t: Column, row: number, wanted: number): Promise<boolean> {
  const [time] = await t.read(Math.max(0, row - 1), 1);
  return row === 0 || (time !== undefined && time < wanted);
}

/** DSEC and M3ED: t[table[ms]] >= 1000 · ms. The offset of DSEC is added to every time. */
async function millisecondTable(file: Hdf5File, group: string): Promise<TimeTable> {
  const parent = groupOf(group);
  const paths = MILLISECOND_TABLES.flatMap((name) => [`${group}/${name}`, `${parent}/${name}`]);
  const table = paths.map((path) => datasetAt(file, path)).find(Boolean);
  const offset = await scalar(file, [`${group}/t_offset`, `${parent}/t_offset`]);
  const base = offset === undefined ? {} : { timeOffset: offset };
  if (table?.width !== 1) {
    return base;
  }
  const rows = (await columnsOfDataset(file, table))[0]!;
  const findRow = async (wanted: number) => {
    const millisecond = Math.floor((wanted - (offset ?? 0)) / MICROSECONDS_PER_MILLISECOND);
    const [row] = await rows.read(Math.max(0, Math.min(millisecond, table.rows - 1)), 1);
    return row;
  };
  return { ...base, timeUnit: found('us', `dataset ${table.path}`), findRow };
}

async function scalar(file: Hdf5File, paths: readonly string[]): Promise<number | undefined> {
  const dataset = paths.map((path) => datasetAt(file, path)).find(Boolean);
  const type = dataset?.members[0]?.type;
  if (!dataset || !type) {
    return undefined;
  }
  const bytes = await (await rowReader(file, dataset))(0, 1);
  return decodeNumbers(bytes, { type, offset: 0, stride: type.size }, 1)[0];
}

import { microseconds } from '../columns/timeUnit';
import { parserOf, type TextTable } from './textPages';

const LINE_FEED = 0x0a;
const PROBE_BYTES = 1 << 12;
const TAIL_BYTES = 1 << 14;
const SORTED_PROBES = 16;
/** Bytes stepped back from a row that was found, for small disorder in time. */
const STEP_BACK_BYTES = 1 << 18;

/** Time of the first row in µs. */
export function timeOfFirstRow({ header, roles, unit }: TextTable): number | undefined {
  const first = header.rows[0]?.[roles.t];
  return first === undefined ? undefined : microseconds(first, unit);
}

/** Time of the last row in µs. */
export async function timeAtEnd(table: TextTable): Promise<number | undefined> {
  const { source, header } = table;
  const times = await timesFrom(table, Math.max(header.data, source.size - TAIL_BYTES), TAIL_BYTES);
  return times.at(-1);
}

/** Times of the whole lines among `length` bytes at `offset`. */
async function timesFrom(table: TextTable, offset: number, length: number): Promise<Float64Array> {
  const bytes = await table.source.read(offset, length);
  const start = offset <= table.header.data ? 0 : bytes.indexOf(LINE_FEED) + 1;
  const isEnd = offset + bytes.length >= table.source.size;
  const end = isEnd ? bytes.length : bytes.lastIndexOf(LINE_FEED) + 1;
  return parserOf(table).parse(bytes.subarray(start, Math.max(start, end)), offset + start).t;
}

/**
 * Byte of a row at or before the first one with time >= `t` (µs), by halves, where the rows look sorted by time;
 * undefined otherwise.
 */
export async function findRow(table: TextTable, t: number): Promise<number | undefined> {
  const { source, header } = table;
  if (!(await looksSorted(table))) {
    return undefined;
  }
  let low = header.data;
  let high = source.size;
  while (high - low > PROBE_BYTES) {
    const middle = Math.floor((low + high) / 2);
    const [time] = await timesFrom(table, middle, PROBE_BYTES);
    if (time !== undefined && time < t) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return lineStart(table, Math.max(header.data, low - STEP_BACK_BYTES));
}

async function lineStart({ source, header }: TextTable, offset: number): Promise<number> {
  if (offset <= header.data) {
    return header.data;
  }
  const bytes = await source.read(offset, PROBE_BYTES);
  const end = bytes.indexOf(LINE_FEED);
  return end < 0 ? header.data : offset + end + 1;
}

async function looksSorted(table: TextTable): Promise<boolean> {
  const { source, header } = table;
  let previous = Number.NEGATIVE_INFINITY;
  for (let probe = 0; probe < SORTED_PROBES; probe++) {
    const offset = header.data + Math.floor(((source.size - header.data) * probe) / SORTED_PROBES);
    const [time] = await timesFrom(table, offset, PROBE_BYTES);
    if (time === undefined || time < previous) {
      return false;
    }
    previous = time;
  }
  return true;
}

import type { ByteSource } from '../byteSource';
import { allocateEvents, type EventBatch, type SensorSize } from '../eventBatch';
import { pageOf, type ReadPage } from '../eventPages';
import { pagedRecording } from '../pagedRecording';
import type { Found, OpenOptions, Recording, RecordingInfo } from '../recording';
import { found, sizeFrom } from '../recordingFacts';
import type { Track } from '../tracks';
import type { WarningLog } from '../warningLog';
import { type ColumnLengths, warnOfUnequal } from './columnLengths';
import type { Role } from './columnRoles';
import { DamagedRows } from './damagedRows';
import { isPixel } from './pixelRange';
import { repeatTooSoon } from './pixelRepeats';
import { isPolarityValue, ODD_POLARITIES } from './polarityValue';
import { detectTimeUnit, isFast, type TimeUnit, toMicroseconds } from './timeUnit';

/** One column of numbers by rows. */
export interface Column {
  readonly isFloat: boolean;
  /** Rows `first` to `first + count - 1`; fewer where the data end early. */
  read(first: number, count: number): Promise<Float64Array>;
  /** The same in µs, where 64-bit integers in nanoseconds are too large for doubles. */
  readNanoseconds?(first: number, count: number): Promise<Float64Array>;
}

/** Events as four columns. */
export interface EventColumns {
  readonly rows: number;
  /** Where columns are stored apart, so that they may differ; `rows` is the least. */
  readonly lengths?: ColumnLengths;
  readonly columns: Readonly<Record<Role, Column>>;
  /** Rows that are read together; chunk size of the container. */
  readonly rowsPerPage: number;
  /** Compressed as a whole: reading back or far ahead costs a pass, so it is not searched. */
  readonly isSequential?: boolean;
  /** µs added to every time. */
  readonly timeOffset?: number;
  /** Unit where the container tells it. */
  readonly timeUnit?: Found<TimeUnit>;
  /** Row of the first event at or before a time (µs, offset included), from an index of the container. */
  findRow?(t: number): Promise<number | undefined>;
}

/** Everything else of the recording. */
export interface ColumnRecordingParts {
  readonly source: ByteSource;
  readonly info: Omit<RecordingInfo, 'size' | 'eventCount' | 'timeRange'>;
  readonly size?: Found<SensorSize> | undefined;
  readonly warnings: WarningLog;
  readonly tracks?: readonly Track[];
  readonly close?: () => Promise<void>;
}

const SAMPLE_ROWS = 4096;
const SORTED_PROBES = 64;
/** Damaged pages that are warned of one by one. */
const MOST_NAMED = 8;
const MORE = 'more rows are damaged and were left out';

/** First rows and, unless they cost a pass, last rows, for finding out what columns mean. */
export async function sampleRows(column: Column, rows: number, isSequential = false): Promise<Float64Array> {
  const head = await orElse(column.read(0, Math.min(rows, SAMPLE_ROWS)), new Float64Array(0));
  if (rows <= SAMPLE_ROWS || isSequential) {
    return head;
  }
  const tail = await orElse(column.read(Math.max(SAMPLE_ROWS, rows - SAMPLE_ROWS), SAMPLE_ROWS), head);
  const both = new Float64Array(head.length + tail.length);
  both.set(head);
  both.set(tail, head.length);
  return both;
}

/** What rows that cannot be read are replaced by while a file is opened; readers warn of them later. */
async function orElse<T>(reading: Promise<T>, missing: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof DamagedRows) {
      return missing;
    }
    throw error;
  }
}

/** A recording of four columns; time unit and size are looked up where the container does not tell them. */
export async function columnRecording(
  events: EventColumns,
  parts: ColumnRecordingParts,
  options: OpenOptions,
): Promise<Recording> {
  if (events.lengths) {
    warnOfUnequal(events.lengths, parts.warnings);
  }
  const unit = events.timeUnit ?? (await unitOf(events, options));
  const size = sizeFrom(options, parts.size);
  const timeRange = events.isSequential
    ? undefined
    : await orElse(timeRangeOf(events, unit.value), undefined);
  const find = finderOf(events, unit.value);
  return pagedRecording({
    source: parts.source,
    info: {
      ...parts.info,
      ...(size && { size }),
      eventCount: found(events.rows, 'number of rows'),
      ...(timeRange && { timeRange: found(timeRange, 'first and last row') }),
      properties: [...parts.info.properties, ['time unit', `${unit.value} (${unit.how})`]],
    },
    tracks: parts.tracks ?? [],
    warnings: parts.warnings,
    start: 0,
    pages: () => columnPages(events, unit.value, parts.warnings),
    ...(find && { find: (t: number) => orElse(find(t), undefined) }),
    ...(parts.close && { close: parts.close }),
  });
}

async function unitOf(
  { columns, rows, isSequential }: EventColumns,
  options: OpenOptions,
): Promise<Found<TimeUnit>> {
  const sample = (role: Role) => sampleRows(columns[role], rows, isSequential);
  const t = await sample('t');
  const times = { values: t, rows: isSequential ? t.length : rows, isFloat: columns.t.isFloat };
  const unit = detectTimeUnit(times, options);
  return unit.value === 'us' &&
    !options.timeUnit &&
    isFast(times) &&
    repeatTooSoon({ t, x: await sample('x'), y: await sample('y') })
    ? found('ms', 'whole times, pixels repeat too soon for microseconds')
    : unit;
}

async function readTimes(
  { columns: { t }, timeOffset = 0 }: EventColumns,
  unit: TimeUnit,
  first: number,
  count: number,
): Promise<Float64Array> {
  if (unit === 'ns' && t.readNanoseconds) {
    return toMicroseconds(await t.readNanoseconds(first, count), 'us', timeOffset);
  }
  return toMicroseconds(await t.read(first, count), unit, timeOffset);
}

async function timeRangeOf(events: EventColumns, unit: TimeUnit) {
  const [first] = await readTimes(events, unit, 0, Math.min(1, events.rows));
  const [last] = await readTimes(events, unit, Math.max(0, events.rows - 1), Math.min(1, events.rows));
  return first === undefined || last === undefined ? undefined : { first, last };
}

function columnPages(events: EventColumns, unit: TimeUnit, warnings: WarningLog): ReadPage {
  const { rows, rowsPerPage } = events;
  const named = new Set<string>();
  return async (place) => {
    const first = Number(place);
    const count = Math.min(rowsPerPage - (first % rowsPerPage), rows - first);
    if (!(count > 0)) {
      return undefined;
    }
    const batch = await readRows(events, unit, { first, count, warnings }).catch((error: unknown) => {
      if (!(error instanceof DamagedRows)) {
        throw error;
      }
      // Each names its rows; a file with thousands of them needs no list.
      const isNamed = named.has(error.message) || named.size < MOST_NAMED;
      named.add(isNamed ? error.message : MORE);
      warnings.add(isNamed ? error.message : MORE, error.byteOffset);
      return undefined;
    });
    if (!batch) {
      return pageOf(allocateEvents(0), first + count, (first + count) / rows);
    }
    const complete = batch.t.length;
    if (complete < count) {
      warnings.add(`the data end at row ${first + complete} of ${rows}`);
    }
    return complete === 0 ? undefined : pageOf(batch, first + complete, (first + complete) / rows);
  };
}

async function readRows(
  events: EventColumns,
  unit: TimeUnit,
  { first, count, warnings }: { first: number; count: number; warnings: WarningLog },
): Promise<EventBatch> {
  const { columns } = events;
  const t = await readTimes(events, unit, first, count);
  const x = await columns.x.read(first, count);
  const y = await columns.y.read(first, count);
  const p = await columns.p.read(first, count);
  if (!p.every(isPolarityValue)) {
    warnings.counted(ODD_POLARITIES, 1);
  }
  return batchOf(t, x, y, p, Math.min(t.length, x.length, y.length, p.length));
}

/** Events without a pixel (negative, too large, not a number) lose their time, so that readers leave them out. */
function batchOf(
  t: Float64Array,
  x: Float64Array,
  y: Float64Array,
  p: Float64Array,
  count: number,
): EventBatch {
  const batch = {
    t: t.length === count ? t : t.slice(0, count),
    x: new Uint16Array(count),
    y: new Uint16Array(count),
    polarity: new Uint8Array(count),
  };
  for (let index = 0; index < count; index++) {
    batch.x[index] = x[index]! + 0.5;
    batch.y[index] = y[index]! + 0.5;
    batch.polarity[index] = p[index]! > 0 ? 1 : 0;
    if (!isPixel(x[index]!) || !isPixel(y[index]!)) {
      batch.t[index] = Number.NaN;
    }
  }
  return batch;
}

type Find = (t: number) => Promise<number | undefined>;

/** The container's own index, or a search by halves that is set up when it is first asked for. */
function finderOf(events: EventColumns, unit: TimeUnit): Find | undefined {
  if (events.isSequential) {
    return undefined;
  }
  let search: Promise<Find | undefined> | undefined;
  return (
    events.findRow?.bind(events) ??
    (async (t) => {
      search ??= sortedSearch(events, unit);
      return (await search)?.(t);
    })
  );
}

/** A search by halves where the rows look sorted by time; a page is stepped back for small disorder. */
async function sortedSearch(events: EventColumns, unit: TimeUnit) {
  const { rows, rowsPerPage } = events;
  const timeOf = async (row: number) => (await readTimes(events, unit, row, 1))[0] ?? Number.NaN;
  let previous = Number.NEGATIVE_INFINITY;
  for (let probe = 0; probe < SORTED_PROBES; probe++) {
    const t = await timeOf(Math.floor((probe * Math.max(0, rows - 1)) / (SORTED_PROBES - 1)));
    if (!(t >= previous)) {
      return undefined;
    }
    previous = t;
  }
  return async (wanted: number): Promise<number | undefined> => {
    let low = 0;
    let high = rows;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((await timeOf(middle)) < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return Math.max(0, low - rowsPerPage);
  };
}

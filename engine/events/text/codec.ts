import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { type ColumnRoles, rolesByName, rolesByUser, rolesByValues } from '../columns/columnRoles';
import { detectTimeUnit, type TimeUnit } from '../columns/timeUnit';
import { pagedRecording } from '../pagedRecording';
import type { Found, OpenOptions, RecordingCodec } from '../recording';
import { found, sizeFrom } from '../recordingFacts';
import { WarningLog } from '../warningLog';
import { lineFeedSource } from './lineFeeds';
import { type RowSamples, sampleRows } from './rowSamples';
import { findRow, timeAtEnd, timeOfFirstRow } from './rowSearch';
import { readTableHeader, type TableHeader } from './tableHeader';
import { type TextTable, textPages } from './textPages';

/** Text of events, one per line: RPG, Prophesee CSV, with or without names (formats.md section 11). */
export const textCodec: RecordingCodec = {
  format: 'text',

  async recognise(source) {
    const header = await readTableHeader(await lineFeedSource(source));
    return header && { how: howKnown(header), confidence: 'likely' };
  },

  async open(file, options) {
    const source = await lineFeedSource(file);
    const header = await readTableHeader(source);
    if (!header) {
      throw noTable(source);
    }
    const samples = await sampleRows(source, header);
    const roles = findRoles(header, samples, source, options);
    const unit = findUnit(header, samples, roles.value, options);
    const warnings = new WarningLog();
    const table: TextTable = { source, header, roles: roles.value, unit: unit.value, warnings };
    const size = sizeFrom(options, header.size);
    const first = timeOfFirstRow(table);
    const last = await timeAtEnd(table);
    return pagedRecording({
      source,
      warnings,
      start: header.data,
      pages: () => textPages(table),
      find: (t) => findRow(table, t),
      info: {
        format: found('text', howKnown(header)),
        ...(size && { size }),
        ...(first !== undefined &&
          last !== undefined && { timeRange: found({ first, last }, 'first and last line') }),
        streams: ['events'],
        stream: 'events',
        properties: [
          ['columns', `${spell(roles.value, header.columnCount)} (${roles.how})`],
          ['time unit', `${unit.value} (${unit.how})`],
          ...header.comments.map((text, index) => [`comment ${index + 1}`, text] as const),
        ],
      },
    });
  },
};

function howKnown({ rows, columnCount }: TableHeader): string {
  return rows.length > 0 ? `lines of ${columnCount} numbers` : 'names of columns, without rows';
}

function noTable(source: ByteSource): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    'this text holds no lines of numbers',
    'Open a text file with one event per line, such as "t x y p".',
    { file: source.name },
  );
}

function findRoles(
  { names, columnCount }: TableHeader,
  { rows }: RowSamples,
  source: ByteSource,
  { columns: wanted }: OpenOptions,
): Found<ColumnRoles> {
  if (wanted) {
    return found(rolesByUser(wanted, columnCount, source.name), 'set by the user');
  }
  const byName = names && rolesByName(names);
  if (byName) {
    return found(byName, 'names of the columns');
  }
  const isSearched = columnCount >= 4 && !hasSplitTimes(names);
  const byValues = isSearched ? rolesByValues(columnsOf(rows, columnCount)) : undefined;
  if (byValues) {
    return byValues;
  }
  if (names?.some((name) => GESTURE_TIMES.test(name))) {
    throw gestureLabels(source);
  }
  const what = names ? `columns ${names.join(', ')}` : `${columnCount} columns of numbers`;
  throw new SpikeBridgeError(
    columnCount < 4 ? 'data' : 'usage',
    `this text is a table that does not look like events: ${what}`,
    'If it holds events, tell the columns in file order, such as txyp or xypt (below in the editor, or --columns).',
    { file: source.name },
  );
}

/** Whether times are divided into seconds and nanoseconds (ROS): neither of the columns is a time alone. */
function hasSplitTimes(names: readonly string[] = []): boolean {
  const some = (pattern: RegExp) => names.some((name) => pattern.test(name.trim()));
  return some(/(^|[._])secs?$/i) && some(/(^|[._])(n|nano)secs?$/i);
}

/** Columns of the label tables of DVS128 Gesture (formats.md section 13). */
const GESTURE_TIMES = /^(start|end)Time_usec$/i;

function gestureLabels(source: ByteSource): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    'this text holds the labels of a DVS128 Gesture recording (class, start and end), not events',
    'Open the recording of the same name (.aedat) beside it: the editor shows these labels with it.',
    { file: source.name },
  );
}

function columnsOf(rows: readonly (readonly number[])[], count: number): number[][] {
  return Array.from({ length: count }, (_, column) => rows.map((row) => row[column]!));
}

function findUnit(
  { names }: TableHeader,
  { rows, count }: RowSamples,
  { t }: ColumnRoles,
  options: OpenOptions,
): Found<TimeUnit> {
  const unit = /(?:_|\[|\()(us|ns|ms|s)[\])]?$/i.exec(names?.[t]?.trim() ?? '')?.[1]?.toLowerCase();
  if (unit && !options.timeUnit) {
    return found(unit as TimeUnit, 'name of the column');
  }
  const values = rows.map((row) => row[t]!);
  return detectTimeUnit({ values, rows: count, isFloat: true }, options);
}

function spell(roles: ColumnRoles, count: number): string {
  const letters = Array.from({ length: count }, () => '-');
  for (const [role, index] of Object.entries(roles)) {
    letters[index] = role;
  }
  return letters.join('');
}

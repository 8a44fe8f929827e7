import type { ByteSource } from '../byteSource';
import { commonRows } from '../columns/columnLengths';
import type { Column, EventColumns } from '../columns/columnRecording';
import { type Role, roleOfName } from '../columns/columnRoles';
import type { Found, OpenOptions } from '../recording';
import { found } from '../recordingFacts';
import type { WarningLog } from '../warningLog';
import { columnsInOneReading, ROWS_PER_PAGE, readArrayEvents, refusePickled } from './arrayEvents';
import { readNpyHeader } from './npyHeader';
import { isPacked, openMember, type ZipMember } from './zipArchive';

/** One way to read events from an archive. */
export interface NpzStream {
  readonly name: string;
  /** @param warnings told of damage, also later while events are read. */
  open(source: ByteSource, options: OpenOptions, warnings: WarningLog): Promise<NpzEvents>;
}

export interface NpzEvents {
  readonly events: EventColumns;
  readonly columns: Found<string>;
}

/** Name of a member without folder and suffix. */
function stem({ name }: ZipMember): string {
  return name.replace(/^.*\//, '').replace(/\.npy$/i, '');
}

/**
 * The streams of an archive: t, x, y and p as arrays of their own; positive and negative events apart (ES-ImageNet);
 * else every array that may hold events by itself.
 */
export function streamsOf(members: readonly ZipMember[]): readonly NpzStream[] {
  const arrays = members.filter(({ name }) => /\.npy$/i.test(name));
  const byRole = new Map(arrays.map((member) => [roleOfName(stem(member)), member]));
  const [t, x, y, p] = (['t', 'x', 'y', 'p'] as const).map((role) => byRole.get(role));
  if (t && x && y && p) {
    return [separateArrays({ t, x, y, p })];
  }
  const positive = arrays.find((member) => stem(member) === 'pos');
  const negative = arrays.find((member) => stem(member) === 'neg');
  return positive && negative ? [splitByPolarity(positive, negative)] : arrays.map(singleArray);
}

function separateArrays(members: Readonly<Record<Role, ZipMember>>): NpzStream {
  const names = (['t', 'x', 'y', 'p'] as const).map((role) => stem(members[role]));
  return {
    name: names.join(', '),
    async open(source, _options, warnings) {
      const [t, x, y, p] = await Promise.all(
        [members.t, members.x, members.y, members.p].map((member) => onlyColumn(source, member, warnings)),
      );
      const lengths = { t: t!.rows, x: x!.rows, y: y!.rows, p: p!.rows };
      const columns = { t: t!.column, x: x!.column, y: y!.column, p: p!.column };
      return {
        events: {
          rows: commonRows(lengths),
          lengths,
          columns,
          rowsPerPage: ROWS_PER_PAGE,
          isSequential: Object.values(members).some(isPacked),
        },
        columns: found(names.join(' '), 'names of the arrays'),
      };
    },
  };
}

async function openColumns(source: ByteSource, member: ZipMember, warnings: WarningLog) {
  const content = await openMember(source, member, warnings);
  const header = await readNpyHeader(content);
  if (header.type.isPickled) {
    throw refusePickled(content.name);
  }
  return columnsInOneReading(content, header);
}

async function onlyColumn(
  source: ByteSource,
  member: ZipMember,
  warnings: WarningLog,
): Promise<{ column: Column; rows: number }> {
  const array = await openColumns(source, member, warnings);
  const [column] = array?.columns ?? [];
  return column && array ? { column, rows: array.rows } : { column: constant(0), rows: 0 };
}

function singleArray(member: ZipMember): NpzStream {
  return {
    name: stem(member),
    async open(source, options, warnings) {
      const content = await openMember(source, member, warnings);
      const { events, roles } = await readArrayEvents(content, options, isPacked(member));
      return { events, columns: roles };
    },
  };
}

function constant(value: number): Column {
  return { isFloat: false, read: async (_, count) => new Float64Array(count).fill(value) };
}

/** Rows of one column behind the rows of another. */
function appended(one: Column, rows: number, other: Column): Column {
  return {
    isFloat: one.isFloat,
    async read(first, count) {
      const head = await one.read(first, Math.max(0, Math.min(count, rows - first)));
      const tail = await other.read(
        Math.max(0, first - rows),
        Math.max(0, first + count - Math.max(rows, first)),
      );
      const both = new Float64Array(head.length + tail.length);
      both.set(head);
      both.set(tail, head.length);
      return both;
    },
  };
}

/** ES-ImageNet (formats.md section 10): rows of row, column and time step, positive and negative ones apart. */
function splitByPolarity(positive: ZipMember, negative: ZipMember): NpzStream {
  return {
    name: 'pos, neg',
    async open(source, _options, warnings) {
      const pos = await openColumns(source, positive, warnings);
      const neg = await openColumns(source, negative, warnings);
      const rows = pos?.columns.length === 3 ? pos.rows : 0;
      const moreRows = neg?.columns.length === 3 ? neg.rows : 0;
      const column = (index: number) =>
        appended(pos?.columns[index] ?? constant(0), rows, neg?.columns[index] ?? constant(0));
      const columns = {
        y: column(0),
        x: column(1),
        t: column(2),
        p: appended(constant(1), rows, constant(0)),
      };
      return {
        events: {
          rows: rows + moreRows,
          columns,
          rowsPerPage: ROWS_PER_PAGE,
          isSequential: isPacked(positive) || isPacked(negative),
          timeUnit: found('us', 'time steps, each shown as 1 µs'),
        },
        columns: found('row, column, time step', 'ES-ImageNet arrays pos and neg'),
      };
    },
  };
}

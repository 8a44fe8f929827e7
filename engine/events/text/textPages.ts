import type { ByteSource } from '../byteSource';
import type { ColumnRoles } from '../columns/columnRoles';
import { ODD_POLARITIES } from '../columns/polarityValue';
import type { TimeUnit } from '../columns/timeUnit';
import { allocateEvents, type EventBatch, firstEvents } from '../eventBatch';
import { pageOf, type ReadPage } from '../eventPages';
import type { WarningLog } from '../warningLog';
import { RowParser } from './rowParser';
import type { TableHeader } from './tableHeader';

const LINE_FEED = 0x0a;
const BLOCK_BYTES = 1 << 18;
/** No row of numbers is longer. */
const MOST_LINE_BYTES = 1 << 20;

/** A table of events, with its columns and unit found out. */
export interface TextTable {
  readonly source: ByteSource;
  readonly header: TableHeader;
  readonly roles: ColumnRoles;
  readonly unit: TimeUnit;
  readonly warnings: WarningLog;
}

/** A parser of the table's rows. */
export function parserOf({ roles, header, unit, warnings }: TextTable): RowParser {
  return new RowParser(roles, header.columnCount, unit, (offset) =>
    warnings.add(`a line is no row of ${header.columnCount} numbers and was left out`, offset),
  );
}

/** Pages of whole lines; a place is the byte of a line's start. */
export function textPages(table: TextTable): ReadPage {
  const { source, header, warnings } = table;
  const parser = parserOf(table);
  return async (place) => {
    const offset = Math.max(header.data, Number(place));
    if (offset >= source.size) {
      return undefined;
    }
    const { bytes, length, isCut } = await wholeLines(source, offset);
    const next = offset + length;
    if (isCut) {
      warnings.add(`a line is longer than ${MOST_LINE_BYTES} bytes and was left out`, offset);
      return pageOf(allocateEvents(0), next, next / source.size);
    }
    const events = parser.parse(bytes, offset);
    if (parser.hasOddPolarity) {
      warnings.counted(ODD_POLARITIES, 1);
    }
    const isUnended = next >= source.size && bytes[length - 1] !== LINE_FEED;
    return pageOf(isUnended ? withoutCutRow(events, table) : events, next, next / source.size);
  };
}

/** Bytes from `offset` up to the last line end of a block; more where a line is longer than the block. */
async function wholeLines(source: ByteSource, offset: number) {
  for (let wanted = BLOCK_BYTES; ; wanted *= 4) {
    const bytes = await source.read(offset, wanted);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > 0 || offset + bytes.length >= source.size) {
      const length = offset + bytes.length >= source.size ? bytes.length : end;
      return { bytes: bytes.subarray(0, length), length, isCut: false };
    }
    if (wanted >= MOST_LINE_BYTES) {
      return { bytes, length: bytes.length, isCut: true };
    }
  }
}

/** Drops a last row whose time, the last number before the cut, fell behind the one before: its digits are missing. */
function withoutCutRow(events: EventBatch, { roles, header, source, warnings }: TextTable): EventBatch {
  const count = events.t.length;
  const isCut =
    roles.t === header.columnCount - 1 && count > 1 && events.t[count - 1]! < events.t[count - 2]!;
  if (isCut) {
    warnings.add('the file ends inside a line', source.size);
  }
  return isCut ? firstEvents(events, count - 1) : events;
}

import type { ByteSource } from '../byteSource';
import type { EventColumns } from '../columns/columnRecording';
import type { WarningLog } from '../warningLog';
import type { NpyHeader } from './npyHeader';

/** The events that are really there; a warning where the file is shorter than its header says. */
export function warnOfMissingRows(
  events: EventColumns,
  { data, type, shape, isColumnMajor }: NpyHeader,
  source: ByteSource,
  warnings: WarningLog,
): EventColumns {
  const elements = shape.reduce((product, size) => product * size, 1);
  const missing = data + elements * type.itemSize - source.size;
  if (missing <= 0) {
    return events;
  }
  warnings.add(`the file ends ${missing} bytes before the end of its array`, source.size);
  const available = Math.max(0, Math.floor((source.size - data) / type.itemSize));
  const perRow = elements / events.rows;
  const rows = isRowByRow({ type, shape, isColumnMajor }, events.rows)
    ? Math.floor(available / perRow)
    : available - events.rows * (perRow - 1);
  return { ...events, rows: Math.max(0, rows) };
}

/** Whether the numbers of one event stand together in memory. */
export function isRowByRow(
  { type, shape, isColumnMajor }: Pick<NpyHeader, 'type' | 'shape' | 'isColumnMajor'>,
  rows: number,
): boolean {
  return type.isStructured || (shape[0] === rows) !== isColumnMajor;
}

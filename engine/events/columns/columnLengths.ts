import type { WarningLog } from '../warningLog';
import type { Role } from './columnRoles';

/** Rows of each column. */
export type ColumnLengths = Readonly<Record<Role, number>>;

/** Rows that all columns have. */
export function commonRows(lengths: ColumnLengths): number {
  return Math.min(...Object.values(lengths));
}

/** Says that events are cut to the shortest column, where the columns differ. */
export function warnOfUnequal(lengths: ColumnLengths, warnings: WarningLog): void {
  const rows = commonRows(lengths);
  if (Object.values(lengths).some((length) => length !== rows)) {
    const each = Object.entries(lengths).map(([role, length]) => `${role} ${length}`);
    warnings.add(`the columns are of unequal length (${each.join(', ')}): the first ${rows} events are read`);
  }
}

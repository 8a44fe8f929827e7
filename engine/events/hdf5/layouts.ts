import { type Role, roleOfName } from '../columns/columnRoles';
import type { Hdf5Dataset } from './hdf5File';

const ROLES = ['t', 'x', 'y', 'p'] as const;
const MOST_COLUMNS = 8;

/** One stream of events in the file, and in which of the known layouts it is stored. */
export type EventLayout =
  | { readonly kind: 'compound'; readonly name: string; readonly dataset: Hdf5Dataset }
  | {
      readonly kind: 'columns';
      /** The group that holds the columns. */
      readonly name: string;
      readonly columns: Readonly<Record<Role, Hdf5Dataset>>;
    }
  | {
      readonly kind: 'matrix';
      readonly name: string;
      readonly dataset: Hdf5Dataset;
    };

/** Group of an object: "/davis/left" of "/davis/left/events". */
export function groupOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** All streams of events: compounds with t, x, y and p, groups of four columns, matrices of four columns. */
export function findEvents(datasets: readonly Hdf5Dataset[]): EventLayout[] {
  const compounds = datasets
    .filter(isEventCompound)
    .map((dataset): EventLayout => ({ kind: 'compound', name: dataset.path.slice(1), dataset }));
  const groups = [...new Set(datasets.map(({ path }) => groupOf(path)))];
  const columns = groups.flatMap((group) => columnsIn(group, datasets));
  const matrices = datasets
    .filter(isEventMatrix)
    .map((dataset): EventLayout => ({ kind: 'matrix', name: dataset.path.slice(1), dataset }));
  return [...compounds, ...columns, ...matrices];
}

/** Whether a compound has one number for each role. */
function isEventCompound({ width, members, isCompound }: Hdf5Dataset): boolean {
  const roles = members.map(({ name }) => roleOfName(name));
  return isCompound && width === 1 && ROLES.every((role) => roles.includes(role));
}

function columnsIn(group: string, datasets: readonly Hdf5Dataset[]): EventLayout[] {
  const columns = datasets.filter(
    ({ path, width, members, isCompound }) =>
      groupOf(path) === group && width === 1 && members.length === 1 && !isCompound,
  );
  const [t, x, y, p] = ROLES.map((role) => columns.find(({ path }) => roleOfName(nameOf(path)) === role));
  return t && x && y && p ? [{ kind: 'columns', name: group.slice(1) || '/', columns: { t, x, y, p } }] : [];
}

/** Matrices of four numbers per row; with more than four, only where the name speaks of events. */
function isEventMatrix({ path, shape, members, isCompound, width }: Hdf5Dataset): boolean {
  const isNamed = /event|dvs/i.test(nameOf(path));
  return (
    !isCompound &&
    members.length === 1 &&
    shape.length === 2 &&
    (width === 4 || (isNamed && width > 4 && width <= MOST_COLUMNS))
  );
}

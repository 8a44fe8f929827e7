import { SpikeBridgeError } from '../../errors';
import type { Found } from '../recording';
import { found } from '../recordingFacts';

export type Role = 't' | 'x' | 'y' | 'p';

/** Number of the column that has each role. */
export type ColumnRoles = Readonly<Record<Role, number>>;

const ROLES = ['t', 'x', 'y', 'p'] as const;
const NAMES: Readonly<Record<Role, RegExp>> = {
  t: /^(t|ts|time|times|time_?stamps?)$/,
  x: /^(x|xs|x_?pos(ition)?|x_?addr(ess)?|x_?coords?|x_?coordinates?|coord(inate)?_?x|pixel_?x|addr(ess)?_x|col|column)$/,
  y: /^(y|ys|y_?pos(ition)?|y_?addr(ess)?|y_?coords?|y_?coordinates?|coord(inate)?_?y|pixel_?y|addr(ess)?_y|row)$/,
  p: /^(p|ps|pol|pols|polarity|polarities|on|sign)$/,
};
/** What stands before a role's word: event_t, events/x, dvs.y. */
const PREFIX = /^(events?|ev|dvs|cd)[\s_./-]+/;
/** What stands behind it: t_us, time [ms], x (px). */
const UNIT = /(_(us|ns|ms|s|usec|nsec|sec|px)|\s*[[(].*[\])])$/;

/** The role that a column's name tells, or undefined. */
export function roleOfName(name: string): Role | undefined {
  const word = name.trim().toLowerCase().replace(PREFIX, '').replace(UNIT, '');
  return ROLES.find((role) => NAMES[role].test(word));
}

/** Roles by names; undefined unless each role has exactly one column. */
export function rolesByName(names: readonly string[]): ColumnRoles | undefined {
  const roles = names.map(roleOfName);
  const unique = ROLES.every((role) => roles.filter((each) => each === role).length === 1);
  return unique
    ? { t: roles.indexOf('t'), x: roles.indexOf('x'), y: roles.indexOf('y'), p: roles.indexOf('p') }
    : undefined;
}

/**
 * Roles that the user wrote down: one letter per column, anything but t, x, y and p is passed over: "txyp", "xy-pt".
 * @throws SpikeBridgeError (usage) where a role is missing, twice, or beyond the columns there are.
 */
export function rolesByUser(columns: string, count: number, file: string): ColumnRoles {
  const letters = [...columns.toLowerCase()].slice(0, count);
  const roles = rolesByName(letters);
  if (!roles) {
    throw new SpikeBridgeError(
      'usage',
      `the columns "${columns}" do not name t, x, y and p once each among ${count} columns`,
      'Write one letter per column in file order, such as txyp; "-" stands for a column to pass over.',
      { file },
    );
  }
  return roles;
}

/**
 * Roles from values, for columns without names: p has at most two values (0/1, -1/+1), t (nearly) never falls,
 * x stands before y in every known order, and t never between them.
 * @param columns some rows of each column, in file order.
 */
export function rolesByValues(columns: readonly ArrayLike<number>[]): Found<ColumnRoles> | undefined {
  if (columns.length === 4 && columns.every(({ length }) => length === 0)) {
    return found({ t: 0, x: 1, y: 2, p: 3 }, 'no rows');
  }
  const t = timeColumn(columns);
  const p = columns.findLastIndex((column, index) => index !== t && isPolarity(column));
  const coordinates = columns.flatMap((column, index) =>
    index !== t && index !== p && isCoordinate(column) ? [index] : [],
  );
  const resting = coordinates.filter((index) => !stepsOf(columns[index]!).isRunningNumber);
  // Where all run, as along a diagonal, none is a number of rows.
  const rest = resting.length > 0 ? resting : coordinates;
  if (t === undefined || p < 0 || rest.length !== 2 || (rest[0]! < t && t < rest[1]!)) {
    return undefined;
  }
  return found({ t, p, x: rest[0]!, y: rest[1]! }, 'values of the columns');
}

function isPolarity(column: ArrayLike<number>): boolean {
  let lowest = 1;
  for (let index = 0; index < column.length; index++) {
    const value = column[index]!;
    if (value !== 0 && value !== 1 && value !== -1) {
      return false;
    }
    lowest = Math.min(lowest, value);
  }
  return lowest === -1 ? !Array.from(column).includes(0) : true;
}

const MOST_COORDINATE = 65_535;

function isCoordinate(column: ArrayLike<number>): boolean {
  for (let index = 0; index < column.length; index++) {
    const value = column[index]!;
    if (!(value >= 0 && value <= MOST_COORDINATE)) {
      return false;
    }
  }
  return true;
}

/**
 * The column that (nearly) never falls; among several no running number of rows, then the one that rises most often,
 * has fractions, goes highest.
 */
function timeColumn(columns: readonly ArrayLike<number>[]): number | undefined {
  const candidates = columns
    .map((column, index) => ({ index, ...stepsOf(column), length: column.length }))
    .filter(({ rises, falls, length }) => rises > 0 && falls <= length / 100)
    .sort(
      (one, other) =>
        Number(one.isRunningNumber) - Number(other.isRunningNumber) ||
        other.rises - one.rises ||
        Number(other.hasFractions) - Number(one.hasFractions) ||
        other.last - one.last ||
        one.index - other.index,
    );
  return candidates[0]?.index;
}

const LEAST_RUNNING = 20;

function stepsOf(column: ArrayLike<number>) {
  let rises = 0;
  let falls = 0;
  let ones = 0;
  for (let index = 1; index < column.length; index++) {
    ones += column[index]! - column[index - 1]! === 1 ? 1 : 0;
    rises += column[index]! > column[index - 1]! ? 1 : 0;
    falls += column[index]! < column[index - 1]! ? 1 : 0;
  }
  const hasFractions = Array.from(column).some((value) => !Number.isInteger(value));
  // Samples of several places of a file have gaps between them.
  const isRunningNumber = falls === 0 && column.length >= LEAST_RUNNING && ones >= column.length * 0.95;
  return { rises, falls, isRunningNumber, hasFractions, last: column[column.length - 1] ?? 0 };
}

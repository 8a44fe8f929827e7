import type { OpenOptions } from '../../../engine/events/recording';
import { element } from '../../dashboard/element';
import { row, selectField, textField } from '../elements/controls';

/** Suffixes of files that may hold events as plain columns of numbers. */
const TABLES = /\.(?:csv|tsv|txt|npy|npz|mat|h5|hdf5)$/i;
const ROLES = ['t', 'x', 'y', 'p'];
const UNITS = [
  ['', 'find out'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
] as const;

/** Whether a file that could not be opened may be one whose columns the user can tell. */
export function mayHaveColumns(file: string | undefined): boolean {
  return file !== undefined && TABLES.test(file);
}

/** What a form says as options; undefined where the columns are no roles. */
export function columnOptions(columns: string, unit: string): OpenOptions | undefined {
  const roles = columns.trim().toLowerCase();
  const once = ROLES.every((role) => roles.split(role).length === 2);
  if (!once || !/^[txyp-]+$/.test(roles)) {
    return undefined;
  }
  return { columns: roles, ...(unit !== '' && { timeUnit: unit as OpenOptions['timeUnit'] }) };
}

/** Asks which columns of a table are time, x, y and polarity. The answer is remembered on this computer. */
export function columnsForm(answer: (options: OpenOptions) => void): HTMLElement {
  const columns = textField('columns-roles', 'Columns in file order', () => {}, { placeholder: 'txyp' });
  let unit = '';
  const units = selectField('columns-unit', 'Unit of times', UNITS, (value) => {
    unit = value;
  });
  const problem = element('p', { class: 'field-problem', id: 'columns-problem', role: 'alert' });
  const form = element(
    'form',
    { class: 'rows', id: 'columns-form' },
    element('p', { class: 'faded' }, 'A letter for each column: t time, x, y, p polarity, - for others.'),
    row('Columns', columns),
    row('Unit of times', units),
    problem,
    element('button', { type: 'submit', class: 'text-button primary', id: 'columns-answer' }, 'Open'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const options = columnOptions(columns.value, unit);
    columns.setAttribute('aria-invalid', String(options === undefined));
    problem.textContent = options ? '' : 'Each of t, x, y and p stands for one column: txyp, xypt, t-xyp.';
    if (options) {
      answer(options);
    }
  });
  return element(
    'details',
    { class: 'columns-form' },
    element('summary', {}, 'It does hold events: tell its columns'),
    form,
  );
}

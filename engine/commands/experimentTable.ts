import path from 'node:path';
import { SpikeBridgeError } from '../errors';
import { EXPERIMENTS, findExperiment } from '../experiments/catalogue';
import type { Experiment, ExperimentRow } from '../experiments/experiment';
import { defaultExperimentFolder, readExperimentRecord } from '../experiments/experimentFolder';
import { writeTable } from '../experiments/experimentRun';
import type { ExperimentTable } from '../experiments/table';
import { tableCells, tableNotes } from '../experiments/tableText';
import { EXIT, type ExitCode, formatTable, type Output } from './output';

/** Names and describes every experiment. */
export async function experimentList({ json }: { json?: boolean }, output: Output): Promise<ExitCode> {
  if (json) {
    for (const { name, title, description, rows, seeds } of EXPERIMENTS) {
      const ids = rows.map(({ id, label }) => ({ id, label }));
      output.print(JSON.stringify({ name, title, description, rows: ids, seeds }));
    }
    return EXIT.ok;
  }
  const cells = EXPERIMENTS.map(({ name, rows, seeds, title, origin }) => [
    name,
    String(rows.length),
    seeds.join(', '),
    origin === 'ours' ? `${title} (ours)` : title,
  ]);
  output.print(formatTable([['name', 'rows', 'seeds', 'what'], ...cells]));
  return EXIT.ok;
}

function publishedText({ published }: ExperimentRow): string {
  if (!published) {
    return '-';
  }
  const { percent, deviation } = published;
  return deviation === undefined ? `${percent}` : `${percent} +- ${deviation}`;
}

function foldersText({ events, images }: Experiment['folders']): string {
  const names = (list: readonly string[]) => list.map((name) => `${name}/`).join(' or ');
  return `--data DIR holds ${names(events)}${images ? ` and ${names(images)}` : ''}`;
}

/** Prints the rows of an experiment and where its data must lie. */
export async function experimentShow(
  name: string,
  { json }: { json?: boolean },
  output: Output,
): Promise<ExitCode> {
  const experiment = findExperiment(name);
  if (json) {
    output.print(JSON.stringify(experiment, null, 2));
    return EXIT.ok;
  }
  const { title, description, rows, seeds, folders, missing = [], ours = [], paperSplit } = experiment;
  output.print(`${title}\n${description}\n`);
  const cells = rows.map((row) => [
    row.id,
    row.label,
    (row.seeds ?? seeds).join(', '),
    publishedText(row),
    row.published?.source ?? '',
  ]);
  output.print(formatTable([['row', 'what', 'seeds', 'published %', 'source'], ...cells]));
  output.print(`\nData: ${foldersText(folders)}.`);
  if (paperSplit) {
    output.print('Split: leak-free (ours) unless --split paper is given.');
  }
  for (const line of ours) {
    output.print(`Ours: ${line}.`);
  }
  for (const { label, reason } of missing) {
    output.print(`Missing: ${label}: ${reason}.`);
  }
  return EXIT.ok;
}

/** Prints a table with everything that must be known to read it. */
export function printTable(table: ExperimentTable, output: Output): void {
  output.print(`\n${table.title}\n`);
  output.print(formatTable(tableCells(table)));
  output.print('');
  for (const note of tableNotes(table)) {
    output.print(note);
  }
}

/** Prints the table of an experiment from its run folders, and writes table.md and table.json. */
export async function experimentTable(
  name: string,
  { out, json }: { out?: string; json?: boolean },
  output: Output,
): Promise<ExitCode> {
  const experiment = findExperiment(name);
  const wanted = { experiment: name, shrink: 1, overrides: [], split: 'default' };
  const folder = out === undefined ? defaultExperimentFolder(wanted) : path.resolve(out);
  const record = await readExperimentRecord(folder);
  if (record?.experiment !== name) {
    throw new SpikeBridgeError(
      'run-folder',
      record
        ? `this folder holds the experiment ${record.experiment}`
        : 'no experiment was run in this folder',
      'Name the folder of the experiment with --out.',
      { file: folder },
    );
  }
  const table = await writeTable(folder, experiment, record);
  if (json) {
    output.print(JSON.stringify(table));
  } else {
    printTable(table, output);
  }
  return EXIT.ok;
}

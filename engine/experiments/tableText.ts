import { shortHash } from '../datasets/manifest';
import { figureText, percentText } from '../runs/runText';
import type { ExperimentTable, Spread, TableRow } from './table';

/** "94.2 +- 0.6", or without deviation where there is one run. */
function spreadText(spread: Spread | undefined, runs: number): string {
  if (!spread) {
    return '-';
  }
  return runs > 1 ? `${spread.mean.toFixed(1)} +- ${spread.deviation.toFixed(1)}` : spread.mean.toFixed(1);
}

function publishedText({ published }: TableRow): string {
  if (!published) {
    return '-';
  }
  const { percent, deviation } = published;
  return deviation === undefined ? String(percent) : `${percent} +- ${deviation}`;
}

function seedsText({ seeds, unfinished }: TableRow): string {
  return unfinished.length === 0
    ? String(seeds.length)
    : `${seeds.length} of ${seeds.length + unfinished.length}`;
}

/** Head and cells of the table; the column that is compared with the published number is marked. */
export function tableCells({ rows, reports }: ExperimentTable): string[][] {
  const mark = (column: 'best' | 'last') => `${column} test %${reports === column ? ' (compared)' : ''}`;
  const head = ['row', 'seeds', mark('best'), mark('last'), 'published %', 'difference', 'pairs/s'];
  const body = rows.map((row) => [
    row.label,
    seedsText(row),
    spreadText(row.best, row.seeds.length),
    spreadText(row.last, row.seeds.length),
    publishedText(row),
    row.difference === undefined ? '-' : row.difference.toFixed(1),
    row.pairsPerSecond === undefined ? '-' : figureText(row.pairsPerSecond),
  ]);
  return [head, ...body];
}

function trialLine({ shrink, overrides }: ExperimentTable): string[] {
  const changes = [
    ...(shrink === 1 ? [] : [`length, batch and recordings scaled by --shrink ${shrink}`]),
    ...overrides.map((override) => `--set ${override}`),
  ];
  return changes.length === 0
    ? []
    : [`TRIAL, not comparable with the published numbers: ${changes.join('; ')}.`];
}

function splitLines({ splits }: ExperimentTable): string[] {
  return splits.map(
    ({ sha256, mode, rows }) =>
      `Split ${shortHash(sha256)} (${mode}; SHA-256 of the list of recordings): ${rows.join(', ')}.`,
  );
}

/** Ids by text, so that what is true of several is said once. */
function grouped(entries: readonly (readonly [text: string, id: string])[]): [text: string, ids: string][] {
  const groups = new Map<string, string[]>();
  for (const [text, id] of entries) {
    groups.set(text, [...(groups.get(text) ?? []), id]);
  }
  return [...groups].map(([text, ids]) => [text, ids.join(', ')]);
}

function oursLines({ rows, ours, origin }: ExperimentTable): string[] {
  const ofRows = rows.flatMap((row) => row.ours.map((choice): [string, string] => [choice, row.id]));
  const byRows = grouped(grouped(ofRows).map(([choice, ids]) => [ids, choice]));
  return [
    ...(origin === 'ours' ? ['The protocol of this experiment is ours.'] : []),
    ...ours.map((line) => `Ours: ${line}.`),
    ...byRows.map(([ids, choices]) =>
      rows.length > 1 && ids === rows.map(({ id }) => id).join(', ')
        ? `Ours in every row: ${choices}.`
        : `Ours in ${ids}: ${choices}.`,
    ),
  ];
}

function sourceLines({ rows }: ExperimentTable): string[] {
  const sources = new Set(rows.flatMap(({ published }) => published?.source ?? []));
  return [...sources].map((source) => `Published: ${source}.`);
}

function protocolLine({ reports }: ExperimentTable): string {
  const which =
    reports === 'best'
      ? 'the best evaluation of each run, chosen on the test recordings as the authors do (methods.md 7.5)'
      : 'the last iteration';
  return `Mean +- population standard deviation (ddof 0) over the seeds; compared is ${which}.`;
}

function stateLines({ rows, missing, teacher }: ExperimentTable): string[] {
  const unfinished = rows.flatMap((row) => row.unfinished.map((text): [string, string] => [text, row.id]));
  return [
    ...(teacher?.accuracy === undefined
      ? []
      : [`Teacher: ${percentText(teacher.accuracy)} of its test images.`]),
    ...grouped(unfinished).map(([text, ids]) => `Not finished: ${ids}, ${text}.`),
    ...missing.map(({ label, reason }) => `Missing: ${label}: ${reason}.`),
  ];
}

function machineLine({ rows, engineVersions }: ExperimentTable): string {
  const backends = [...new Set(rows.flatMap((row) => row.backends))].join('; ');
  return `Made with SpikeBridge ${engineVersions.join(', ')} on ${backends || 'no backend yet'}.`;
}

/** Everything that must be known to read the figures, one line each. */
export function tableNotes(table: ExperimentTable): string[] {
  return [
    ...trialLine(table),
    protocolLine(table),
    ...sourceLines(table),
    ...splitLines(table),
    ...oursLines(table),
    ...stateLines(table),
    machineLine(table),
  ];
}

const escaped = (cell: string) => cell.replaceAll('+-', '±').replaceAll('|', '\\|');
const markdownRow = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;

/** table.md. */
export function markdownOf(table: ExperimentTable): string {
  const [head = [], ...body] = tableCells(table);
  const rule = `|${head.map((_, column) => (column === 0 ? '---' : '---:')).join('|')}|`;
  const lines = [markdownRow(head), rule, ...body.map(markdownRow)];
  const notes = tableNotes(table).map((note) => `- ${escaped(note)}`);
  return `${[`# ${table.title}`, '', table.description, '', ...lines, '', ...notes].join('\n')}\n`;
}

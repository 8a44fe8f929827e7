import { shortHash } from '../datasets/manifest';
import { percentText } from '../runs/runText';
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
    row.pairsPerSecond === undefined ? '-' : row.pairsPerSecond.toFixed(0),
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

/** Rows by what of them is ours, so that equal lists are said once. */
function oursLines({ rows, ours, origin }: ExperimentTable): string[] {
  const groups = new Map<string, string[]>();
  for (const row of rows.filter((each) => each.ours.length > 0)) {
    const text = row.ours.join(', ');
    groups.set(text, [...(groups.get(text) ?? []), row.id]);
  }
  return [
    ...(origin === 'ours' ? ['The protocol of this experiment is ours.'] : []),
    ...ours.map((line) => `Ours: ${line}.`),
    ...[...groups].map(([text, ids]) => `Ours in ${ids.join(', ')}: ${text}.`),
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
  return [
    ...(teacher?.accuracy === undefined
      ? []
      : [`Teacher: ${percentText(teacher.accuracy)} of its test images.`]),
    ...rows.flatMap(({ id, unfinished }) => unfinished.map((text) => `Not finished: ${id}, ${text}.`)),
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

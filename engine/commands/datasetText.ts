import {
  type ClassCount,
  type DataSetProblem,
  type DataSetReport,
  isFine,
} from '../datasets/check/dataSetReport';
import { formatPlace } from '../errors';
import { formatTable } from './output';

const MOST_CLASSES = 20;
const MOST_PROBLEMS = 50;
const MOST_MISSING = 20;

const counted = (count: number) => count.toLocaleString('en-US');

/** The first lines of a list, and how many more there are. */
function shortened(lines: readonly string[], most: number): string[] {
  return lines.length <= most
    ? [...lines]
    : [...lines.slice(0, most), `… and ${counted(lines.length - most)} more (--json prints all)`];
}

function classTable(classes: readonly ClassCount[]): string[] {
  const known = classes.some(({ official }) => official !== undefined);
  const shown =
    classes.length <= MOST_CLASSES
      ? classes
      : classes.filter(({ count, official }) => official !== undefined && count !== official);
  if (shown.length === 0) {
    return [];
  }
  const rows = shown
    .slice(0, MOST_CLASSES)
    .map(({ name, count, official }) => [
      name,
      counted(count),
      ...(known ? [official === undefined ? '' : counted(official)] : []),
    ]);
  const more = shown.length - rows.length;
  return [
    formatTable([['class', 'here', ...(known ? ['official'] : [])], ...rows]),
    ...(more > 0 ? [`… and ${counted(more)} more classes whose number differs (--json prints all)`] : []),
  ];
}

function problemLine({ file, byteOffset, message }: DataSetProblem): string {
  return `${formatPlace({ file, ...(byteOffset !== undefined && { byteOffset }) })}: ${message}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function headLine({ title, side, format, folder, classes, samples, officialSamples, events }: DataSetReport) {
  const of = officialSamples === undefined ? '' : ` of ${counted(officialSamples)}`;
  const noun = side === 'events' ? 'recordings' : 'images';
  const inAll = events === undefined ? '' : `, ${counted(events)} events`;
  return `${title} (${format}) in ${folder}\n${classes.length} classes, ${counted(samples)}${of} ${noun}${inAll}`;
}

function verdict(report: DataSetReport): string {
  if (isFine(report)) {
    return report.officialSamples === undefined ? 'fine' : 'fine and complete';
  }
  return report.problems.length === 0
    ? 'readable, but not complete: it can be used as a part of the data set'
    : `${counted(report.problems.length)} problems: a run that meets one of these files stops`;
}

/** What a check found, as lines for people. */
export function dataSetLines(report: DataSetReport): string[] {
  const { side, classes, missing, problems, warnings } = report;
  return [
    headLine(report),
    ...classTable(classes),
    ...section('missing', shortened(missing, MOST_MISSING)),
    ...section('problems', shortened(problems.map(problemLine), MOST_PROBLEMS)),
    ...section('warnings', warnings),
    '',
    `${verdict(report)}. In a run configuration:`,
    `  "${side}": ${JSON.stringify(report.section, null, 1).replaceAll(/\n\s*/g, ' ')}`,
    '',
  ];
}

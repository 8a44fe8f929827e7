import type { ByteSource } from '../byteSource';
import { roleOfName, rolesByName } from '../columns/columnRoles';
import type { SensorSize } from '../eventBatch';
import type { Found } from '../recording';
import { found } from '../recordingFacts';
import { isComment, isText, type Line, markLength, parseNumbers, splitLines, splitNames } from './lines';

const PROBE_BYTES = 1 << 16;
/** Lines above the first row that are no comments: width and height, names. */
const MOST_LINES_ABOVE = 2;
const GEOMETRY = /^[#%/\s]*(?:geometry|resolution|sensor[_ ]size)\s*[:=]?\s*(\d+)\s*[,x×; ]\s*(\d+)/i;
const WIDTH = /^[#%/\s]*width\s*[:=]?\s*(\d+)\s*$/i;
/** faery writes the size behind the names: t,x@320,y@240,on. */
const SIZE_IN_NAME = /@(\d+)$/;
const LINE_FEED = 0x0a;
const HEIGHT = /^[#%/\s]*height\s*[:=]?\s*(\d+)\s*$/i;

/** What the first lines of a table of numbers tell. */
export interface TableHeader {
  /** Byte of the first row. */
  readonly data: number;
  /** Byte behind the lines that were read. */
  readonly end: number;
  /** Numbers per row. */
  readonly columnCount: number;
  /** Words above the columns, where there is such a line with as many words. */
  readonly names: readonly string[] | undefined;
  readonly size: Found<SensorSize> | undefined;
  readonly comments: readonly string[];
  /** Rows of the first bytes; none where the file holds names of columns only. */
  readonly rows: readonly (readonly number[])[];
}

/** The header of a table of numbers; undefined where the source is none. */
export async function readTableHeader(source: ByteSource): Promise<TableHeader | undefined> {
  const bytes = await source.read(0, PROBE_BYTES);
  if (!isText(bytes)) {
    return undefined;
  }
  const mark = markLength(bytes);
  const lines = splitLines(bytes.subarray(mark), mark, bytes.length >= source.size);
  const comments = lines.filter(({ text }) => isComment(text) && text.trim() !== '').map(({ text }) => text);
  const content = lines.filter(({ text }) => !isComment(text));
  const { rows, skipped, size } = tableIn(content);
  const above = [...comments, ...skipped.map(({ text }) => text)];
  const first = rows[0];
  if (!first) {
    const isWhole = bytes.length >= source.size && content.every(isAboveRows);
    const names = isWhole ? namesOfEvents(above) : undefined;
    return (
      names && {
        ...emptyTable(source, names),
        size: size ?? sizeInNames(names) ?? sizeInComments(comments),
        comments,
      }
    );
  }
  const names = namesAbove(above, first.numbers.length);
  return {
    data: first.line.offset,
    end: bytes.length >= source.size ? source.size : bytes.lastIndexOf(LINE_FEED) + 1,
    columnCount: first.numbers.length,
    names: names?.map(withoutSize),
    size: size ?? sizeInNames(names) ?? sizeInComments(comments),
    comments,
    rows: rows.map(({ numbers }) => numbers),
  };
}

/** Whether a line may stand above rows: names of t, x, y and p, or width and height. */
function isAboveRows({ text }: Line): boolean {
  return namesOfEvents([text]) !== undefined || parseNumbers(text)?.length === 2;
}

/** A recording without events, as programs write it that saw none. */
function emptyTable({ size }: ByteSource, names: readonly string[]) {
  return { data: size, end: size, columnCount: names.length, names: names.map(withoutSize), rows: [] };
}

/** Rows from the first line of at least three numbers on; lines before it are names, or width and height. */
function tableIn(lines: readonly Line[]) {
  const parsed = lines.map((line) => ({ line, numbers: parseNumbers(line.text) }));
  const start = parsed.findIndex(({ numbers }) => numbers !== undefined && numbers.length >= 3);
  const skipped = start < 0 ? lines : lines.slice(0, start);
  const count = parsed[start]?.numbers?.length;
  const rows = start < 0 || start > MOST_LINES_ABOVE ? [] : parsed.slice(start).filter(isRowOf(count));
  const [pair] = parsed.slice(0, Math.max(0, start)).flatMap(({ numbers }) => (numbers ? [numbers] : []));
  return { rows, skipped, size: sizeInFirstLine(pair) };
}

function isRowOf(count: number | undefined) {
  return (row: { line: Line; numbers: number[] | undefined }): row is { line: Line; numbers: number[] } =>
    row.numbers?.length === count;
}

function sizeInFirstLine(pair: readonly number[] | undefined): Found<SensorSize> | undefined {
  const [width = 0, height = 0] = pair ?? [];
  const isSize = pair?.length === 2 && Number.isInteger(width) && Number.isInteger(height);
  return isSize && width > 0 && height > 0 ? found({ width, height }, 'first line') : undefined;
}

function sizeInComments(comments: readonly string[]): Found<SensorSize> | undefined {
  for (const comment of comments) {
    const [, width, height] = GEOMETRY.exec(comment) ?? [];
    if (width && height) {
      return found({ width: Number(width), height: Number(height) }, 'comment line geometry');
    }
  }
  const width = Number(comments.map((text) => WIDTH.exec(text)?.[1]).find(Boolean));
  const height = Number(comments.map((text) => HEIGHT.exec(text)?.[1]).find(Boolean));
  return width > 0 && height > 0 ? found({ width, height }, 'comment lines Width and Height') : undefined;
}

function withoutSize(name: string): string {
  return name.replace(SIZE_IN_NAME, '');
}

function sizeInNames(names: readonly string[] = []): Found<SensorSize> | undefined {
  const sizeOf = (role: 'x' | 'y') => {
    const name = names.find((each) => roleOfName(withoutSize(each)) === role);
    return Number(SIZE_IN_NAME.exec(name ?? '')?.[1] ?? 0);
  };
  const [width, height] = [sizeOf('x'), sizeOf('y')];
  return width > 0 && height > 0 ? found({ width, height }, 'names of the columns x and y') : undefined;
}

/** The last line above the rows that has as many words as there are columns. */
function namesAbove(lines: readonly string[], count: number): readonly string[] | undefined {
  return lines
    .map(splitNames)
    .findLast((names) => names.length === count && names.some((name) => /[a-z]/i.test(name)));
}

/** The last line that names t, x, y and p. */
function namesOfEvents(lines: readonly string[]): readonly string[] | undefined {
  return lines.map(splitNames).findLast((names) => rolesByName(names.map(withoutSize)) !== undefined);
}

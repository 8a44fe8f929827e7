import type { ByteSource } from '../byteSource';
import { type HeaderLines, readHeaderLines } from '../headerLines';

const END_OF_HEADER = /^#\s*End Of ASCII Header/i;
const VERSION_LINE = /^#!AER-DAT(\d\.\d)/;
/** Lines are not shown beyond this many: jAER dumps all preferences of the chip. */
const MAX_PROPERTIES = 40;
/** How lines of jAER begin; data that look like a line seldom do. */
const USUAL_LINE = /^#\s*[!<A-Za-z]/;

/** Header of AEDAT 1.0 and 2.0 files as jAER writes them. */
export interface JaerHeader {
  /** As in the first line; undefined without one. */
  readonly version?: string;
  /** Java class after `# AEChip:`. */
  readonly chipClass?: string;
  /** `# name: value` lines outside the dump of preferences. */
  readonly properties: readonly (readonly [name: string, value: string])[];
  /** Number of header lines. */
  readonly lines: number;
  /** First byte of the records. */
  readonly end: number;
}

function propertiesOf(lines: readonly string[]): (readonly [string, string])[] {
  const dump = lines.findIndex((line) => /Start of Preferences/i.test(line));
  const dumpEnd = lines.findLastIndex((line) => /End of Preferences/i.test(line));
  const outside = lines.filter((_, index) => dump < 0 || index < dump || index > dumpEnd);
  return (
    outside
      // "# created Fri Aug 03 16:29:47" has a time, no name, before its first colon.
      .map(
        (line) =>
          /^#\s?(created)\s+([A-Z][a-z]{2} .+)$/.exec(line) ?? /^#\s?([^:<]{1,60}):\s*(.+)$/.exec(line),
      )
      .filter((match) => match !== null)
      .map(([, name = '', value = '']) => [name.trim(), value.trim()] as const)
      .slice(0, MAX_PROPERTIES)
  );
}

/**
 * Drops a last "line" that was data beginning with the byte of `#`: without it the rest of the file is a whole number of
 * records, with it not (formats.md 2, "Where the header ends").
 */
function trueEnd({ lines, ends }: HeaderLines, size: number, recordBytes: number): number {
  const end = ends.at(-1) ?? 0;
  const before = ends.at(-2) ?? 0;
  const doubtful = ends.length > 1 && !USUAL_LINE.test(lines.at(-1) ?? '');
  return doubtful && (size - end) % recordBytes !== 0 && (size - before) % recordBytes === 0 ? before : end;
}

/** Reads the lines with `#` at the start of a file. */
export async function readJaerHeader(source: ByteSource): Promise<JaerHeader> {
  const isLast = (line: string) => END_OF_HEADER.test(line);
  const read = await readHeaderLines(source, '#', isLast);
  const { lines, ends } = read;
  const version = VERSION_LINE.exec(lines[0] ?? '')?.[1];
  const closed = isLast(lines.at(-1) ?? '');
  const end = closed ? ends.at(-1)! : trueEnd(read, source.size, recordBytes(version));
  const kept = lines.slice(0, ends.indexOf(end) + 1);
  const chip = kept.map((line) => /^#\s*AEChip:\s*(\S+)/.exec(line)).find((match) => match);
  return {
    ...(version !== undefined && { version }),
    ...(chip && { chipClass: chip[1] }),
    properties: propertiesOf(kept),
    lines: kept.length,
    end,
  };
}

/** Bytes of a record: a 16-bit address in version 1.0 (also without a version line), a 32-bit one in 2.0. */
export function recordBytes(version: string | undefined): 6 | 8 {
  return version === '2.0' ? 8 : 6;
}

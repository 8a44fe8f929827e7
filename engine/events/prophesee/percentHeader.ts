import type { ByteSource } from '../byteSource';
import type { SensorSize } from '../eventBatch';
import { readHeaderLines } from '../headerLines';

/** The `% key value` lines of Prophesee files (formats.md 5 and 6). */
export interface PercentHeader {
  /** In file order, keys as written. */
  readonly properties: readonly (readonly [name: string, value: string])[];
  /** First byte behind the header. */
  readonly end: number;
}

function propertyOf(line: string): readonly [string, string] {
  const [, name = '', value = ''] = /^%\s*(\S*)\s*(.*)$/.exec(line) ?? [];
  return [name, value.trim()];
}

/** Reads the header; without lines `end` is 0. */
export async function readPercentHeader(source: ByteSource): Promise<PercentHeader> {
  const isEnd = (line: string) => /^%\s*end\s*$/.test(line);
  const { lines, ends } = await readHeaderLines(source, '%', isEnd);
  const properties = lines.filter((line) => !isEnd(line)).map(propertyOf);
  return { properties, end: ends.at(-1) ?? 0 };
}

/** Value of the first of the keys that is there; keys are compared without regard to case. */
export function headerValue({ properties }: PercentHeader, ...keys: readonly string[]): string | undefined {
  return properties.find(([name]) => keys.includes(name.toLowerCase()))?.[1];
}

/** A size as 1280x720. */
export function parseGeometry(text: string | undefined): SensorSize | undefined {
  const [width, height] = text?.toLowerCase().split('x') ?? [];
  return parseSize(width, height);
}

/** Where a size stands, as written. */
export type StatedSize = readonly [where: string, width: string | undefined, height: string | undefined];

/** The size of a header's key geometry, as written. */
export function geometryAsWritten(header: PercentHeader): StatedSize {
  const [width, height] = headerValue(header, 'geometry')?.toLowerCase().split('x') ?? [];
  return ['header key geometry', width, height];
}

/** Says of stated sizes that no sensor has that they are ignored. */
export function oddSizes(stated: readonly StatedSize[]): string[] {
  return stated
    .filter(([, width, height]) => (width ?? height) !== undefined && !parseSize(width, height))
    .map(
      ([where, width, height]) =>
        `${where} of ${width ?? 'no'} x ${height ?? 'no'} pixels: no sensor has that size, so it was ignored`,
    );
}

/** A size from two numbers as text; undefined unless both are whole and positive and fit 16 bits. */
export function parseSize(width: string | undefined, height: string | undefined): SensorSize | undefined {
  const size = { width: Number(width), height: Number(height) };
  const fits = (value: number) => Number.isInteger(value) && value > 0 && value <= 65_536;
  return fits(size.width) && fits(size.height) ? size : undefined;
}

import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { readHeaderLines } from '../headerLines';

const LAST_LINE = /^#!END-HEADER/;

/** A device of the recording: `#Source 1: DVS128`. */
export interface Aedat3Source {
  readonly id: number;
  readonly device: string;
}

export interface Aedat3Header {
  readonly sources: readonly Aedat3Source[];
  readonly properties: readonly (readonly [name: string, value: string])[];
  /** First byte of the packets. */
  readonly end: number;
}

function refuse(file: string, message: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    message,
    'Convert the file to AEDAT 3.1 RAW or AEDAT 4 with the program that recorded it.',
    { file },
  );
}

/** @throws SpikeBridgeError (data) for 3.x files other than 3.1 and for other formats of data than RAW. */
export async function readAedat3Header(source: ByteSource): Promise<Aedat3Header> {
  const { lines, ends } = await readHeaderLines(source, '#', (line) => LAST_LINE.test(line));
  const version = /^#!AER-DAT(\S+)/.exec(lines[0] ?? '')?.[1] ?? 'without a version';
  if (version !== '3.1') {
    throw refuse(source.name, `this is an AEDAT file of version ${version}; 1.0, 2.0, 3.1 and 4.0 are read`);
  }
  const pairs = lines
    .slice(1)
    .map((line) => /^#(?!!)(-?[^:]+):\s*(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name = '', value = '']) => [name.trim(), value.trim()] as const);
  const format = pairs.find(([name]) => name === 'Format')?.[1];
  if (format !== undefined && format.toUpperCase() !== 'RAW') {
    throw refuse(source.name, `this is an AEDAT 3.1 file of format ${format}; RAW is read`);
  }
  const sources = pairs
    .map(([name, device]) => ({ id: Number(/^Source (\d+)$/.exec(name)?.[1] ?? Number.NaN), device }))
    .filter(({ id }) => Number.isInteger(id));
  return { sources, properties: pairs, end: ends.at(-1) ?? 0 };
}

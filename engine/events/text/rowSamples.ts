import type { ByteSource } from '../byteSource';
import { parseNumbers, splitLines } from './lines';
import type { TableHeader } from './tableHeader';

const PROBES = 16;
const PROBE_BYTES = 1 << 13;

/** Some rows of a table, from its beginning to its end, and how many it has. */
export interface RowSamples {
  readonly rows: readonly (readonly number[])[];
  /** Rows of the whole table, estimated by the length of those that were read. */
  readonly count: number;
}

/**
 * The rows of the header's bytes, and where the table is longer some of every part of it: a burst may keep one time
 * over all of its first bytes.
 */
export async function sampleRows(
  source: ByteSource,
  { rows, data, end, columnCount }: TableHeader,
): Promise<RowSamples> {
  if (end >= source.size || rows.length === 0) {
    return { rows, count: rows.length };
  }
  const more: number[][] = [];
  for (let probe = 1; probe <= PROBES; probe++) {
    const offset = Math.max(end, Math.floor(end + ((source.size - end) * probe) / PROBES) - PROBE_BYTES);
    const bytes = await source.read(offset, PROBE_BYTES);
    const [, ...lines] = splitLines(bytes, offset, false);
    more.push(
      ...lines.flatMap(({ text }) => {
        const numbers = parseNumbers(text);
        return numbers?.length === columnCount ? [numbers] : [];
      }),
    );
  }
  return {
    rows: [...rows, ...more],
    count: Math.round(((source.size - data) * rows.length) / (end - data)),
  };
}

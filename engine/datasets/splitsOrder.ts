import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SpikeBridgeError } from '../errors';

const LISTING_HINT =
  'Make the list on the machine whose split is wanted, inside the data set: find . -type f > order.txt';

/** An order of recordings inside their classes. */
export interface RecordingOrder {
  /** `<class>/<file name>` of every line. */
  readonly names: readonly string[];
  /** SHA-256 (hexadecimal) of the names, joined by line feeds; line endings and leading folders do not count. */
  readonly sha256: string;
}

/** The last folder and the name of a path with slashes or backslashes. */
function placeInClass(file: string): string {
  return file.split(/[\\/]/).slice(-2).join('/');
}

/** Reads the text of an order file: one path per line, of which the last two parts count; empty lines do not. */
export function parseOrder(text: string): RecordingOrder {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const names = lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(placeInClass);
  return { names, sha256: createHash('sha256').update(names.join('\n')).digest('hex') };
}

/**
 * Reads an order file.
 * @param file absolute path.
 * @throws SpikeBridgeError (data) when it cannot be read.
 */
export async function readOrder(file: string): Promise<RecordingOrder> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new SpikeBridgeError(
      'data',
      `the order of the recordings cannot be read (${cause.code})`,
      `Correct data.split.order. ${LISTING_HINT}`,
      { file },
      { cause },
    );
  });
  return parseOrder(text);
}

/**
 * Puts recordings into an order. Lines that name no recording (other files, other data sets) do not count.
 * @param recordings `file` with forward slashes, ending in `<class>/<file name>`.
 * @param file of the order, for errors.
 * @throws SpikeBridgeError (data) naming recordings that the order lacks, or the line that names one twice.
 */
export function inOrder<Item extends { readonly file: string }>(
  recordings: readonly Item[],
  { names }: RecordingOrder,
  file: string,
): Item[] {
  const waiting = new Map(recordings.map((recording) => [placeInClass(recording.file), recording]));
  const seen = new Set<string>();
  const ordered: Item[] = [];
  for (const name of names) {
    const recording = waiting.get(name);
    if (recording && seen.has(name)) {
      throw new SpikeBridgeError('data', `${name} is listed twice`, LISTING_HINT, { file });
    }
    seen.add(name);
    if (recording) {
      ordered.push(recording);
    }
  }
  if (ordered.length < recordings.length) {
    const missing = recordings.find((recording) => !seen.has(placeInClass(recording.file)));
    throw new SpikeBridgeError(
      'data',
      `${recordings.length - ordered.length} recordings are not in the order, the first is ${missing?.file}`,
      LISTING_HINT,
      { file },
    );
  }
  return ordered;
}

import type { ByteSource } from './byteSource';

const LINE_FEED = 0x0a;
const FIRST_PRINTABLE = 0x20;
const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;
const STEP_BYTES = 1 << 16;
/** jAER writes all preferences of a chip into the header (175 kB in real files); nothing needs more than this. */
const MAX_HEADER_BYTES = 1 << 24;

/** Lines of text before the binary part of a file. */
export interface HeaderLines {
  /** Without line ends. */
  readonly lines: readonly string[];
  /** Place behind each line. */
  readonly ends: readonly number[];
}

function isText(line: Uint8Array): boolean {
  return line.every((byte) => byte >= FIRST_PRINTABLE || byte === TAB || byte === CARRIAGE_RETURN);
}

/** The line as UTF-8, or as Latin-1 (names of users and hosts) where it otherwise begins like a header line. */
function decodeLine(line: Uint8Array): string | undefined {
  if (!isText(line)) {
    return undefined;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(line).replace(/\r$/, '');
  } catch {
    const latin1 = new TextDecoder('latin1').decode(line).replace(/\r$/, '');
    return /^[#%]\s*[!<A-Za-z]/.test(latin1) ? latin1 : undefined;
  }
}

/** Reads on until a line feed at or behind `from` is in the bytes, or the end of the file. */
async function readLineFrom(source: ByteSource, from: number): Promise<Uint8Array | undefined> {
  for (let length = STEP_BYTES; length <= MAX_HEADER_BYTES; length *= 4) {
    const bytes = await source.read(from, length);
    const end = bytes.indexOf(LINE_FEED);
    if (end >= 0) {
      return bytes.subarray(0, end);
    }
    if (from + bytes.length >= source.size) {
      return undefined;
    }
  }
  return undefined;
}

/**
 * The lines at the start of a file that begin with a prefix and hold nothing but text: binary data that happen to
 * begin with the prefix end the header.
 * @param isLast says that a line ends the header; it belongs to it.
 */
export async function readHeaderLines(
  source: ByteSource,
  prefix: string,
  isLast: (line: string) => boolean = () => false,
): Promise<HeaderLines> {
  const lines: string[] = [];
  const ends: number[] = [];
  for (let offset = 0; offset < MAX_HEADER_BYTES; ) {
    const start = await source.read(offset, prefix.length);
    if (String.fromCharCode(...start) !== prefix) {
      break;
    }
    const bytes = await readLineFrom(source, offset);
    const line = bytes && decodeLine(bytes);
    if (!bytes || line === undefined) {
      break;
    }
    offset += bytes.length + 1;
    lines.push(line);
    ends.push(offset);
    if (isLast(line)) {
      break;
    }
  }
  return { lines, ends };
}

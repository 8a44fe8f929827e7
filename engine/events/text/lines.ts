const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const SEPARATOR = /[\s,;]+/;
const FIELD_SEPARATOR = /[,;\t]/;
const COMMENT = /^\s*(#|%|\/\/)/;
const WORDS: Readonly<Record<string, number>> = { true: 1, false: 0, on: 1, off: 0 };

/** Whether bytes look like text: no control characters but tabs and line ends. */
export function isText(bytes: Uint8Array): boolean {
  return (
    bytes.length > 0 &&
    bytes.every((byte) => byte >= SPACE || byte === TAB || byte === LINE_FEED || byte === CARRIAGE_RETURN)
  );
}

/** Bytes without a byte order mark of UTF-8. */
export function markLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** A line and the byte it begins at. */
export interface Line {
  readonly text: string;
  readonly offset: number;
}

/** The lines of `bytes`, the last one only where it is ended or `isComplete`. @param base place of the first byte. */
export function splitLines(bytes: Uint8Array, base: number, isComplete: boolean): Line[] {
  const decoder = new TextDecoder('latin1');
  const lines: Line[] = [];
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
    lines.push({ text: decoder.decode(bytes.subarray(start, end)).replace(/\r$/, ''), offset: base + start });
    start = end + 1;
  }
  if (isComplete && start < bytes.length) {
    lines.push({ text: decoder.decode(bytes.subarray(start)), offset: base + start });
  }
  return lines;
}

/** Whether a line is a comment or empty. */
export function isComment(text: string): boolean {
  return COMMENT.test(text) || text.trim() === '';
}

/** Fields of a line of names: split at commas, semicolons or tabs where there are some, else at blanks. */
export function splitNames(text: string): string[] {
  const bare = text.replace(COMMENT, '').trim();
  const fields = FIELD_SEPARATOR.test(bare)
    ? text.replace(COMMENT, '').split(FIELD_SEPARATOR)
    : bare.split(/\s+/);
  return fields.map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
}

/** A number as text files write them, true and false included; NaN where it is none. */
export function parseField(text: string): number {
  const bare = text.replace(/^"(.*)"$/, '$1');
  return WORDS[bare.toLowerCase()] ?? (bare === '' ? Number.NaN : Number(bare));
}

/** The numbers of a line, or undefined where a field is none. */
export function parseNumbers(text: string): number[] | undefined {
  const fields = text.trim().split(SEPARATOR);
  if (fields.at(-1) === '') {
    fields.pop();
  }
  const numbers = fields.map(parseField);
  return fields.length > 0 && numbers.every((number) => !Number.isNaN(number)) ? numbers : undefined;
}

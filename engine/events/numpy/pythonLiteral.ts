/** Values of Python literals as they stand in NumPy headers: strings, integers, booleans, None, tuples, lists, dicts. */
export type PythonValue =
  | string
  | number
  | boolean
  | null
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue };

const TOKEN =
  /\s*(?:([[\](){},:])|[bu]?'((?:[^'\\]|\\.)*)'|[bu]?"((?:[^"\\]|\\.)*)"|(-?\d+)L?|(True|False|None))/y;
const CONSTANTS: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };

interface Token {
  readonly mark?: string;
  readonly value?: PythonValue;
}

/** Deepest nesting that is read. */
const MOST_DEPTH = 32;

class Tokens {
  #position = 0;
  #ahead: Token | undefined;

  constructor(private readonly text: string) {}

  peek(): Token {
    this.#ahead ??= this.#read();
    return this.#ahead;
  }

  take(): Token {
    const token = this.peek();
    this.#ahead = undefined;
    return token;
  }

  #read(): Token {
    TOKEN.lastIndex = this.#position;
    const match = TOKEN.exec(this.text);
    if (!match) {
      throw new SyntaxError(`no Python literal at "${this.text.slice(this.#position, this.#position + 20)}"`);
    }
    this.#position = TOKEN.lastIndex;
    const [, mark, single, double, digits, constant] = match;
    if (mark !== undefined) {
      return { mark };
    }
    const text = single ?? double;
    if (text !== undefined) {
      return { value: text.replace(/\\(.)/g, '$1') };
    }
    return { value: digits !== undefined ? Number(digits) : CONSTANTS[constant!]! };
  }
}

/** @throws SyntaxError where the text is no literal of the kinds above. */
export function parsePythonLiteral(text: string): PythonValue {
  return parseValue(new Tokens(text), 0);
}

function parseValue(tokens: Tokens, depth: number): PythonValue {
  const { mark, value } = tokens.take();
  if (mark === undefined) {
    return value ?? null;
  }
  if (depth > MOST_DEPTH) {
    throw new SyntaxError('too deeply nested');
  }
  switch (mark) {
    case '(':
      return parseSequence(tokens, ')', depth);
    case '[':
      return parseSequence(tokens, ']', depth);
    case '{':
      return parseDict(tokens, depth);
    default:
      throw new SyntaxError(`unexpected ${mark}`);
  }
}

function parseSequence(tokens: Tokens, end: string, depth: number): PythonValue[] {
  const items: PythonValue[] = [];
  while (tokens.peek().mark !== end) {
    items.push(parseValue(tokens, depth + 1));
    skipComma(tokens, end);
  }
  tokens.take();
  return items;
}

function parseDict(tokens: Tokens, depth: number): { [key: string]: PythonValue } {
  const entries: [string, PythonValue][] = [];
  while (tokens.peek().mark !== '}') {
    const key = parseValue(tokens, depth + 1);
    if (tokens.take().mark !== ':') {
      throw new SyntaxError('a key without a value');
    }
    entries.push([String(key), parseValue(tokens, depth + 1)]);
    skipComma(tokens, '}');
  }
  tokens.take();
  return Object.fromEntries(entries);
}

function skipComma(tokens: Tokens, end: string): void {
  if (tokens.peek().mark === ',') {
    tokens.take();
  } else if (tokens.peek().mark !== end) {
    throw new SyntaxError('a comma is missing');
  }
}

import path from 'node:path';
import { formatReport, reportOf } from '../errors';
import { percentText } from '../runs/runText';

/** Exit codes of the command line. */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Where commands print; tests pass their own. */
export interface Output {
  /** A line of the result, to standard output. */
  print(line: string): void;
  /** A line about the work, to standard error. */
  note(line: string): void;
  /**
   * A line that the next one overwrites on a terminal; elsewhere one is printed every 10 s.
   * @param begins whether it tells of work that begins: elsewhere that is printed at once.
   */
  transient(line: string, options?: { readonly begins: boolean }): void;
}

/** Without a terminal, a progress line is printed this often. */
const LINE_EVERY_MS = 10_000;
const CLEAR_LINE = '\r\x1b[2K';

/** Prints to the process's streams. */
export function processOutput(): Output {
  const isTerminal = process.stderr.isTTY === true;
  let pending = false;
  let lastLine = Date.now();
  const clear = () => {
    if (pending) {
      process.stderr.write(CLEAR_LINE);
      pending = false;
    }
  };
  return {
    print(line) {
      clear();
      process.stdout.write(`${line}\n`);
    },
    note(line) {
      clear();
      process.stderr.write(`${line}\n`);
    },
    transient(line, { begins } = { begins: false }) {
      if (isTerminal) {
        const width = (process.stderr.columns || 100) - 1;
        process.stderr.write(CLEAR_LINE + line.slice(0, width));
        pending = true;
      } else if (begins || Date.now() - lastLine > LINE_EVERY_MS) {
        lastLine = Date.now();
        process.stderr.write(`${line}\n`);
      }
    },
  };
}

/** Commands whose results are run folders: a training goes on where nobody reads what it prints. */
const OUTLIVE_READERS = ['train', 'experiment', 'demo'];

/**
 * Ends the program where what it prints cannot be written: without a word where the reader has seen enough (`| head`).
 * A training goes on: its results are in its folder.
 * @param command of the command line. @param end ends the process with an exit code.
 */
export function endWhenUnwritable(
  command: string | undefined,
  streams: readonly NodeJS.WritableStream[],
  output: Output,
  end: (code: ExitCode) => void,
): void {
  for (const stream of streams) {
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (OUTLIVE_READERS.includes(command ?? '')) {
        return;
      }
      if (code !== 'EPIPE') {
        output.note(`error: the output cannot be written (${code ?? message})`);
      }
      end(EXIT.failure);
    });
  }
}

/** Prints an error with its place and next step. */
export function printError(output: Output, error: unknown): void {
  output.note(`error: ${formatReport(reportOf(error))}`);
}

/** How this program was called, for commands that are printed to be copied. */
export function invocation(): string {
  const script = process.argv[1] ?? '';
  return script.endsWith('.js') ? `node ${path.relative('', script) || script}` : 'spikebridge';
}

/** A table with aligned columns; the first row is the head. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  const [head, ...body] = rows.map(line);
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [head, rule, ...body].join('\n');
}

/** 0.934 as "93.4 %"; words where there is none. */
export function formatPercent(share: number | undefined): string {
  return share === undefined ? 'not evaluated' : percentText(share);
}

const BAR_WIDTH = 24;

/** A progress bar of text. @param fraction in [0, 1]. */
export function formatBar(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}]`;
}

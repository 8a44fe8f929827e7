import type { Command } from 'commander';

const EXIT_CODES = `
Exit codes: 0 done; 1 a file cannot be read or written, or Ctrl-C; 2 an option or argument does not fit.`;
const EXIT_CODES_OF_WRITERS = `${EXIT_CODES.slice(0, -1)}, or OUT
exists already (--force replaces it).`;

/** Adds what exit codes mean to the help. */
export function withExitCodes(command: Command, { writes }: { writes: boolean }): Command {
  return command.addHelpText('after', writes ? EXIT_CODES_OF_WRITERS : EXIT_CODES);
}

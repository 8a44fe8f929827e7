import { Command } from 'commander';
import type { ExitCode, Output } from '../output';
import { type InfoOptions, info } from './info';
import { withOpenOptions } from './openOptions';

/** Wraps a command so that its exit code is left and its errors are printed. */
export type Finishing = <Arguments extends unknown[]>(
  command: (...given: Arguments) => Promise<ExitCode>,
) => (...given: Arguments) => Promise<void>;

/** `spikebridge events …`: commands for event recordings. */
export function eventsGroup(finishing: Finishing, output: Output): Command {
  const group = new Command('events').description('look at, convert, cut and draw event recordings');
  withOpenOptions(group.command('info'))
    .description('print format, sensor, size, counts, times and tracks of recordings, and how each was found')
    .argument('<file...>', 'event recordings of any known format')
    .option('--json', 'print one JSON object per file')
    .action(finishing((files: string[], options: InfoOptions) => info(files, options, output)));
  return group;
}

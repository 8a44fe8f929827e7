import { Command } from 'commander';
import type { ExitCode, Output } from '../output';
import { type ConvertOptions, convert, cut, withConvertOptions, writtenSuffixes } from './convert';
import { type InfoOptions, info } from './info';
import { withOpenOptions } from './openOptions';
import { withFilterOptions, withRangeOptions } from './rangeOptions';
import { type RenderArguments, render, withRenderOptions } from './render';

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
  withConvertOptions(withFilterOptions(withRangeOptions(withOpenOptions(group.command('convert')))))
    .description(`write a recording in the format of OUT's suffix: ${writtenSuffixes()}`)
    .argument('<in>', 'event recording of any known format')
    .argument('<out>', 'file to make')
    .action(
      finishing((input: string, target: string, options: ConvertOptions) =>
        convert(input, target, options, output),
      ),
    );
  withConvertOptions(withRangeOptions(withOpenOptions(group.command('cut'))))
    .description('write the events of a time range (--from, --to)')
    .argument('<in>', 'event recording of any known format')
    .argument('<out>', 'file to make')
    .action(
      finishing((input: string, target: string, options: ConvertOptions) =>
        cut(input, target, options, output),
      ),
    );
  withRenderOptions(withFilterOptions(withRangeOptions(withOpenOptions(group.command('render')))))
    .description('draw a recording: .png (one picture), .gif, .mp4 (needs ffmpeg)')
    .argument('<in>', 'event recording of any known format')
    .argument('<out>', 'picture or film to make')
    .action(
      finishing((input: string, target: string, options: RenderArguments) =>
        render(input, target, options, output),
      ),
    );
  return group;
}

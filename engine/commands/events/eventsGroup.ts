import { Command } from 'commander';
import type { ExitCode, Output } from '../output';
import { type ConvertOptions, convert, cut, withConvertOptions, writtenSuffixes } from './convert';
import { withExitCodes } from './exitCodes';
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
  // A group that is added to a program takes over none of its settings.
  const group = new Command('events')
    .exitOverride()
    .description('look at, convert, cut and draw event recordings');
  withExitCodes(withOpenOptions(group.command('info')), { writes: false })
    .description('print format, sensor, size, counts, times and tracks of recordings, and how each was found')
    .argument('<file...>', 'event recordings of any known format')
    .option('--json', 'print one JSON object per file')
    .action(finishing((files: string[], options: InfoOptions) => info(files, options, output)));
  const convertCommand = withFilterOptions(withRangeOptions(withOpenOptions(group.command('convert'))));
  withExitCodes(withConvertOptions(convertCommand), { writes: true })
    .description(`write a recording in the format of OUT's suffix: ${writtenSuffixes()}`)
    .argument('<in>', 'event recording of any known format')
    .argument('<out>', 'file to make; - for standard output')
    .action(
      finishing((input: string, target: string, options: ConvertOptions) =>
        convert(input, target, options, output),
      ),
    );
  const cutCommand = withRangeOptions(withOpenOptions(group.command('cut')));
  withExitCodes(withConvertOptions(cutCommand), { writes: true })
    .description('write the events of a time range (--from, --to)')
    .argument('<in>', 'event recording of any known format')
    .argument('<out>', 'file to make; - for standard output')
    .action(
      finishing((input: string, target: string, options: ConvertOptions) =>
        cut(input, target, options, output),
      ),
    );
  const renderCommand = withFilterOptions(withRangeOptions(withOpenOptions(group.command('render'))));
  withExitCodes(withRenderOptions(renderCommand), { writes: true })
    .description('draw a recording: .png (one picture), .gif, or .mp4 where ffmpeg is present')
    .argument('<in>', 'event recording of any known format')
    .argument('<out>', 'picture or film to make; - for a PNG to standard output')
    .action(
      finishing((input: string, target: string, options: RenderArguments) =>
        render(input, target, options, output),
      ),
    );
  return group;
}

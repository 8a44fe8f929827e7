import type { Command } from 'commander';
import { SpikeBridgeError } from '../../errors';
import { type ConversionSummary, convertRecording } from '../../events/conversion/convertRecording';
import { openRecordingFile } from '../../events/openRecordingFile';
import type { Recording } from '../../events/recording';
import { requireOtherFile } from '../../events/writers/newFile';
import { formatByName, formatOfFile, RECORDING_FORMATS } from '../../events/writers/recordingFormats';
import { Interrupt } from '../interrupt';
import { EXIT, type ExitCode, formatPercent, type Output } from '../output';
import { type OpenArguments, openOptionsOf } from './openOptions';
import { progressLine } from './progressLine';
import { type FilterArguments, filtersOf, type RangeArguments, rangeOf } from './rangeOptions';

/** Options of `spikebridge events convert`, and of `cut`, which has no filters. */
export interface ConvertOptions extends OpenArguments, RangeArguments, FilterArguments {
  readonly format?: string;
  readonly rebase?: boolean;
  readonly force?: boolean;
}

/** Adds --format, --rebase and --force. */
export function withConvertOptions(command: Command): Command {
  const names = RECORDING_FORMATS.map(({ name }) => name).join(', ');
  return command
    .option('--format <name>', `one of ${names}; default: by the suffix`)
    .option('--rebase', 'let times start at 0')
    .option('--force', 'replace the output if it exists');
}

/** ".aedat4, .raw, …" for help. */
export function writtenSuffixes(): string {
  return RECORDING_FORMATS.flatMap(({ suffixes }) => suffixes).join(', ');
}

function printSummary(
  target: string,
  summary: ConversionSummary,
  recording: Recording,
  output: Output,
): void {
  const { events, reductions, size, subtracted } = summary;
  for (const { name, eventsIn, eventsOut } of reductions) {
    const share = eventsIn === 0 ? 1 : eventsOut / eventsIn;
    output.print(`${name}: ${eventsIn} -> ${eventsOut} events (${formatPercent(share)} kept)`);
  }
  if (size && !recording.info.size) {
    output.note(`size ${size.value.width} x ${size.value.height}, from ${size.how}; set another with --size`);
  }
  if (subtracted !== 0) {
    output.note(`times start at 0: ${subtracted} µs were subtracted`);
  }
  if (recording.tracks.length > 0) {
    output.note(`only events were written, not ${recording.tracks.map(({ name }) => name).join(', ')}`);
  }
  for (const { message, byteOffset, count } of recording.warnings()) {
    const place = byteOffset === undefined ? '' : ` (byte ${byteOffset})`;
    output.note(`warning: ${message}${place}${count > 1 ? `, ${count} times` : ''}`);
  }
  output.print(`${events} events in ${target}`);
}

/**
 * Converts a recording to the format that the output's suffix or `--format` names.
 * Ctrl-C leaves nothing behind.
 */
export async function convert(
  input: string,
  target: string,
  options: ConvertOptions,
  output: Output,
): Promise<ExitCode> {
  const format = options.format === undefined ? formatOfFile(target) : formatByName(options.format);
  const interrupt = new Interrupt(output, 'nothing is left behind');
  try {
    await requireOtherFile(input, target);
    const recording = await openRecordingFile(input, openOptionsOf(options));
    try {
      const summary = await convertRecording(recording, {
        ...(await rangeOf(recording, options)),
        target,
        format,
        filters: filtersOf(options),
        rebase: options.rebase,
        replace: options.force,
        progress: progressLine(output),
        signal: interrupt.signal,
      });
      printSummary(target, summary, recording, output);
      return EXIT.ok;
    } finally {
      await recording.close();
    }
  } finally {
    interrupt.dispose();
  }
}

/** Writes the events of a time range. @throws SpikeBridgeError (usage) where no range is given. */
export async function cut(
  input: string,
  target: string,
  options: ConvertOptions,
  output: Output,
): Promise<ExitCode> {
  if (!options.from && !options.to) {
    throw new SpikeBridgeError(
      'usage',
      'cut needs a time range',
      'Give --from, --to or both; `spikebridge events info` prints the first and last timestamp.',
    );
  }
  return convert(input, target, options, output);
}

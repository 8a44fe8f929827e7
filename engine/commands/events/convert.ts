import type { Command } from 'commander';
import { SpikeBridgeError } from '../../errors';
import { type ConversionSummary, convertRecording } from '../../events/conversion/convertRecording';
import type { Recording } from '../../events/recording';
import type { Track } from '../../events/tracks';
import { requireOtherFile } from '../../events/writers/newFile';
import { formatToWrite, promisedOtherwise, RECORDING_FORMATS } from '../../events/writers/recordingFormats';
import { STANDARD_OUTPUT } from '../../events/writers/standardOutput';
import { Interrupt } from '../interrupt';
import { EXIT, type ExitCode, formatPercent, type Output } from '../output';
import { untilAborted, withRecording } from './openedRecording';
import { type OpenArguments, openOptionsOf } from './openOptions';
import { requireFileToReplace } from './outputOptions';
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
    .option('--format <name>', `one of ${names}; default: by the suffix, csv for -`)
    .option('--rebase', 'let times start at 0: subtracts the smallest (takes a pass more)')
    .option('--force', 'replace the output if it exists');
}

/** ".aedat4, .raw, …" for help. */
export function writtenSuffixes(): string {
  return RECORDING_FORMATS.flatMap(({ suffixes }) => suffixes).join(', ');
}

/** Looking for a first sample may take a pass over the whole file; this long is enough for those that matter. */
const TRACK_PATIENCE_MS = 500;

async function hasSamples(track: Track, patience: AbortSignal): Promise<boolean> {
  if (track.count !== undefined) {
    return track.count > 0;
  }
  const samples = track.samples(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)[Symbol.asyncIterator]();
  return untilAborted(samples.next(), patience).then(
    ({ done }) => !done,
    () => false,
  );
}

/** Names of the tracks that hold something, as far as is seen in half a second. */
async function filledTracks({ tracks }: Recording): Promise<string[]> {
  const patience = AbortSignal.timeout(TRACK_PATIENCE_MS);
  const names: string[] = [];
  for (const track of tracks) {
    if (await hasSamples(track, patience)) {
      names.push(track.name);
    }
  }
  return names;
}

/** Where the result is the output itself, words go to the notes. */
function resultPrinter(target: string, output: Output): (line: string) => void {
  return target === STANDARD_OUTPUT ? output.note : output.print;
}

function rebaseText({ subtracted, firstTime }: ConversionSummary): string {
  const text = `times start at 0: ${subtracted} µs were subtracted`;
  return firstTime === 0
    ? text
    : `${text}, the smallest time; timestamps step back: the recording's first event is at ${firstTime} µs`;
}

async function printSummary(
  target: string,
  summary: ConversionSummary,
  { recording, rebase }: { readonly recording: Recording; readonly rebase: boolean },
  output: Output,
): Promise<void> {
  const { events, reductions, size } = summary;
  const print = resultPrinter(target, output);
  for (const { name, eventsIn, eventsOut } of reductions) {
    const share = eventsIn === 0 ? 1 : eventsOut / eventsIn;
    print(`${name}: ${eventsIn} -> ${eventsOut} events (${formatPercent(share)} kept)`);
  }
  if (size && !recording.info.size) {
    output.note(`size ${size.value.width} x ${size.value.height}, from ${size.how}; set another with --size`);
  }
  if (rebase) {
    output.note(rebaseText(summary));
  }
  const tracks = await filledTracks(recording);
  if (tracks.length > 0) {
    output.note(`only events were written, not ${tracks.join(', ')}`);
  }
  for (const { message, byteOffset, count } of recording.warnings()) {
    const place = byteOffset === undefined ? '' : ` (byte ${byteOffset})`;
    output.note(`warning: ${message}${place}${count > 1 ? `, ${count} times` : ''}`);
  }
  print(`${events} events in ${target === STANDARD_OUTPUT ? 'standard output' : target}`);
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
  requireFileToReplace(target, options.force);
  const format = formatToWrite(target, options.format);
  const promised = promisedOtherwise(target, format);
  if (promised) {
    output.note(`warning: ${target} will hold ${format.name}, while its suffix promises ${promised.name}`);
  }
  const interrupt = new Interrupt(output, 'nothing is left behind');
  try {
    await requireOtherFile(input, target);
    const watch = { signal: interrupt.signal, output };
    return await withRecording(input, openOptionsOf(options), watch, async (recording) => {
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
      await printSummary(target, summary, { recording, rebase: options.rebase === true }, output);
      return EXIT.ok;
    });
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

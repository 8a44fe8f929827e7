import path from 'node:path';
import { type ErrorReport, formatPlace, reportOf, SpikeBridgeError } from '../../errors';
import { buildIndex } from '../../events/index/buildIndex';
import type { OpenOptions, Recording } from '../../events/recording';
import { type RecordingFacts, recordingFacts, type TrackFacts } from '../../events/recordingSummary';
import type { Track } from '../../events/tracks';
import { Interrupt } from '../interrupt';
import { EXIT, type ExitCode, formatTable, type Output, printError } from '../output';
import { withRecording } from './openedRecording';
import { type OpenArguments, openOptionsOf } from './openOptions';
import { progressLine } from './progressLine';

/** Options of `spikebridge events info`. */
export interface InfoOptions extends OpenArguments {
  readonly json?: boolean;
}

async function countSamples(track: Track): Promise<number> {
  if (track.count !== undefined) {
    return track.count;
  }
  let count = 0;
  for await (const _sample of track.samples(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)) {
    count++;
  }
  return count;
}

async function trackFacts(recording: Recording): Promise<TrackFacts[]> {
  const facts: TrackFacts[] = [];
  for (const track of recording.tracks) {
    const samples = await countSamples(track);
    if (samples > 0) {
      facts.push({ kind: track.kind, name: track.name, samples });
    }
  }
  return facts;
}

async function readFacts(
  file: string,
  options: OpenOptions,
  output: Output,
  signal: AbortSignal,
): Promise<RecordingFacts> {
  const report = progressLine(output);
  return withRecording(file, options, { signal, output }, async (recording) => {
    const progress = (share: number) => report(path.basename(file), share);
    const index = await buildIndex(recording, { progress, signal });
    return recordingFacts(recording, index, await trackFacts(recording));
  });
}

function shown(value: unknown): string {
  if (value === null) {
    return 'not known';
  }
  return typeof value === 'number'
    ? String(Number.isInteger(value) ? value : Number(value.toFixed(3)))
    : String(value);
}

const UNITS: Readonly<Record<string, string>> = {
  width: 'px',
  height: 'px',
  firstTimestamp: 'µs',
  lastTimestamp: 'µs',
  duration: 'µs',
  largestBackwardStep: 'µs',
  meanRate: 'events/s',
};

function factRows(facts: RecordingFacts): string[][] {
  const { found, tracks, warnings, streams, stream, ...plain } = facts;
  const rows = Object.entries(plain).map(([name, value]) => [
    name,
    `${shown(value)}${value !== null && UNITS[name] ? ` ${UNITS[name]}` : ''}`,
    found[name] ?? '',
  ]);
  const streamRows = streams.length > 1 ? [['stream', stream, `one of: ${streams.join(', ')}`]] : [];
  const trackRows = tracks.map(({ kind, name, samples }) => ['track', `${name}: ${samples} samples`, kind]);
  const warningRows = warnings.map(({ message, byteOffset, count }) => [
    'warning',
    count > 1 ? `${message} (${count} times)` : message,
    byteOffset === undefined ? '' : `byte ${byteOffset}`,
  ]);
  return [...rows, ...streamRows, ...trackRows, ...warningRows];
}

function printFacts(file: string, facts: RecordingFacts, json: boolean, output: Output): void {
  if (json) {
    output.print(JSON.stringify({ file, ...facts }));
    return;
  }
  output.print(`${file}\n${formatTable([['fact', 'value', 'how it was found'], ...factRows(facts)])}\n`);
}

function printRefusal(file: string, report: ErrorReport, json: boolean, output: Output): void {
  if (json) {
    output.print(JSON.stringify({ file, error: { ...report, place: formatPlace(report.place ?? {}) } }));
  }
}

/**
 * Prints what is known of recordings: from the header, and from a pass over all events.
 * @returns failure when any of the files is refused, usage where only options did not fit them; the others are still
 *   printed.
 */
export async function info(
  files: readonly string[],
  options: InfoOptions,
  output: Output,
): Promise<ExitCode> {
  const interrupt = new Interrupt(output, 'nothing is written');
  const json = options.json === true;
  const refusals: SpikeBridgeError[] = [];
  try {
    for (const file of files) {
      try {
        printFacts(
          file,
          await readFacts(file, openOptionsOf(options), output, interrupt.signal),
          json,
          output,
        );
      } catch (error) {
        if (!(error instanceof SpikeBridgeError) || error.category === 'cancelled') {
          throw error;
        }
        refusals.push(error);
        printRefusal(file, reportOf(error), json, output);
        printError(output, error);
      }
    }
  } finally {
    interrupt.dispose();
  }
  if (refusals.length === 0) {
    return EXIT.ok;
  }
  return refusals.every(({ category }) => category === 'usage') ? EXIT.usage : EXIT.failure;
}

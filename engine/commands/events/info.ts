import path from 'node:path';
import { type ErrorReport, formatPlace, reportOf, SpikeBridgeError } from '../../errors';
import { buildIndex } from '../../events/index/buildIndex';
import type { OpenOptions, Recording } from '../../events/recording';
import { type RecordingFacts, recordingFacts, type TrackFacts } from '../../events/recordingSummary';
import type { Track } from '../../events/tracks';
import { Interrupt } from '../interrupt';
import { EXIT, type ExitCode, formatTable, type Output, printError } from '../output';
import { factTable } from './factTable';
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

function printFacts(file: string, facts: RecordingFacts, json: boolean, output: Output): void {
  if (json) {
    output.print(JSON.stringify({ file, ...facts }));
    return;
  }
  output.print(`${file}\n${formatTable(factTable(facts))}\n`);
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

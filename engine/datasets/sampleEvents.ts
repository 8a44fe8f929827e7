import { readFile } from 'node:fs/promises';
import { SpikeBridgeError } from '../errors';
import { RECORDING_CODECS } from '../events/codecs';
import { eventPass } from '../events/conversion/eventPass';
import { type EventBatch, joinBatches } from '../events/eventBatch';
import { openFileSource } from '../events/fileSource';
import { pickEvents } from '../events/filters/keepEvents';
import { decodeNmnistBin } from '../events/nmnistBin';
import { recogniseRecording } from '../events/openRecording';
import { orientedRecording } from '../events/orientedRecording';
import type { Recording } from '../events/recording';
import type { FrameRule } from './frameRule';
import type { TimeSlice } from './manifest';

const REPLACE_FILE =
  'Replace the file with a fresh copy from the data set, or leave it out of the selection.';

/** Where a sample is: a file (absolute path), or a slice of its time. */
export interface SampleSource {
  readonly file: string;
  readonly slice?: TimeSlice;
}

/** A sample and its events, in file order; at least one. */
export interface SampleEvents {
  readonly source: SampleSource;
  readonly events: EventBatch;
}

/** An open recording, and the size of its file. */
interface OpenSample {
  readonly recording: Recording;
  readonly bytes: number;
}

async function openSample(file: string, rule: FrameRule): Promise<OpenSample> {
  const { formats, known, sensor, transposed } = rule;
  const source = await openFileSource(file);
  try {
    const codecs = Array.isArray(formats)
      ? RECORDING_CODECS.filter(({ format }) => formats.includes(format))
      : RECORDING_CODECS;
    const { codec } = await recogniseRecording(source, codecs);
    const options = {
      ...known,
      ...(transposed?.includes(codec.format) && { transpose: true }),
      ...(sensor && { size: sensor }),
    };
    const recording = orientedRecording(await codec.open(source, options), options, file);
    return { recording, bytes: source.size };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/**
 * Damage that a codec read around is an error here: a data set is complete, or it is another data set. What is missing
 * at the very end of a file (a table, an index) costs no events.
 */
function requireUndamaged({ recording, bytes }: OpenSample, file: string): void {
  const damage = recording
    .warnings()
    .find(({ byteOffset }) => byteOffset === undefined || byteOffset < bytes);
  if (damage) {
    const { message, byteOffset } = damage;
    throw new SpikeBridgeError('data', message, REPLACE_FILE, {
      file,
      ...(byteOffset !== undefined && { byteOffset }),
    });
  }
}

async function allEvents(recording: Recording): Promise<EventBatch> {
  const batches: EventBatch[] = [];
  const reader = await recording.events();
  try {
    for (let batch = await reader.next(); batch; batch = await reader.next()) {
      batches.push(batch);
    }
  } finally {
    await reader.close();
  }
  return joinBatches(batches);
}

function indicesIn(t: Float64Array, { from, to }: TimeSlice): Uint32Array {
  const indices = new Uint32Array(t.length);
  let count = 0;
  for (let index = 0; index < t.length; index++) {
    if (t[index]! >= from && t[index]! < to) {
      indices[count++] = index;
    }
  }
  return indices.subarray(0, count);
}

/** The events of slices, which may overlap, in one pass. */
async function eventsOfSlices(recording: Recording, slices: readonly TimeSlice[]): Promise<EventBatch[]> {
  const from = Math.min(...slices.map((slice) => slice.from));
  const to = Math.max(...slices.map((slice) => slice.to));
  const parts = slices.map((): EventBatch[] => []);
  for await (const batch of eventPass(recording, { from, to })) {
    for (const [index, slice] of slices.entries()) {
      const indices = indicesIn(batch.t, slice);
      if (indices.length > 0) {
        parts[index]!.push(pickEvents(batch, indices));
      }
    }
  }
  return parts.map(joinBatches);
}

function requireEvents(events: EventBatch, { file, slice }: SampleSource): void {
  if (events.t.length === 0) {
    const where = slice ? `from ${slice.from} to ${slice.to} µs` : 'at all';
    throw new SpikeBridgeError('data', `the recording has no events ${where}`, REPLACE_FILE, { file });
  }
}

async function readNmnist(file: string, { sensor }: FrameRule): Promise<EventBatch> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new SpikeBridgeError(
      'data',
      `the recording cannot be read (${cause.code})`,
      'Check that the data set is complete and readable, then start the run again.',
      { file },
      { cause },
    );
  });
  return decodeNmnistBin(bytes, file, sensor);
}

/** Events of samples of one file, in the order given. */
async function eventsOfFile(
  file: string,
  slices: readonly TimeSlice[] | undefined,
  rule: FrameRule,
): Promise<EventBatch[]> {
  if (rule.formats === 'n-mnist') {
    return [await readNmnist(file, rule)];
  }
  const sample = await openSample(file, rule);
  try {
    const events = slices
      ? await eventsOfSlices(sample.recording, slices)
      : [await allEvents(sample.recording)];
    requireUndamaged(sample, file);
    return events;
  } finally {
    await sample.recording.close();
  }
}

/** Runs of neighbouring slices of the same file; a whole recording is a run of its own. */
function runsOf(sources: readonly SampleSource[]): SampleSource[][] {
  const runs: SampleSource[][] = [];
  for (const source of sources) {
    const last = runs.at(-1);
    if (last && source.slice && last[0]!.slice && last[0]!.file === source.file) {
      last.push(source);
    } else {
      runs.push([source]);
    }
  }
  return runs;
}

/**
 * Decodes samples in the order given; neighbouring slices of one file in one pass.
 * @throws SpikeBridgeError (data) naming file and, where there is one, byte: unreadable, no recording of the rule's
 *   formats, damaged, without events.
 */
export async function* readSamples(
  sources: readonly SampleSource[],
  rule: FrameRule,
): AsyncGenerator<SampleEvents> {
  for (const run of runsOf(sources)) {
    const [{ file, slice }] = run as [SampleSource];
    const slices = slice && run.map((source) => source.slice!);
    for (const [index, events] of (await eventsOfFile(file, slices, rule)).entries()) {
      const source = run[index]!;
      requireEvents(events, source);
      yield { source, events };
    }
  }
}

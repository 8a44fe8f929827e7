import { SpikeBridgeError } from '../../errors';
import type { EventBatch, SensorSize } from '../eventBatch';
import { type FilterChain, type FilterReduction, filterChain } from '../filters/filterChain';
import type { FilterSettingsInput } from '../filters/filterSettings';
import type { Recording } from '../recording';
import type { RecordingFormat } from '../writers/recordingEncoder';
import { openRecordingWriter } from '../writers/recordingWriter';
import { eventPass, measureSize, type PassOptions } from './eventPass';

/** What a pass over a recording is for, in the order in which passes come. */
export type ConversionPhase =
  | 'measuring the sensor'
  | 'looking for hot pixels'
  | 'looking for the first time'
  | 'writing';

/** What is written, and how. */
export interface ConversionOptions {
  readonly target: string;
  readonly format: RecordingFormat;
  /** µs, inclusive. */
  readonly from?: number;
  /** µs, exclusive. */
  readonly to?: number;
  /** Applied in order. */
  readonly filters?: readonly FilterSettingsInput[];
  /** Subtracts the smallest written time from all. */
  readonly rebase?: boolean;
  /** Whether a file at the target may be replaced. */
  readonly replace?: boolean;
  readonly progress?: (phase: ConversionPhase, share: number) => void;
  readonly signal?: AbortSignal;
}

/** What was written. */
export interface ConversionSummary {
  readonly events: number;
  readonly reductions: readonly FilterReduction[];
  /** Size in the file's header, and how it was found; undefined for formats that state none. */
  readonly size?: { readonly value: SensorSize; readonly how: string };
  /** µs subtracted from all timestamps. */
  readonly subtracted: number;
  /** Time of the first event that was given to the writer, in µs as written. */
  readonly firstTime: number;
}

function passOptions(options: ConversionOptions, phase: ConversionPhase): PassOptions {
  const { from, to, signal, progress } = options;
  return { from, to, signal, progress: progress && ((share) => progress(phase, share)) };
}

async function sizeFor(recording: Recording, options: ConversionOptions): Promise<ConversionSummary['size']> {
  if (recording.info.size) {
    return recording.info.size;
  }
  if (!options.format.statesSize) {
    return undefined;
  }
  // Of the whole recording, so that all pieces of it have one size.
  const { signal, progress } = passOptions(options, 'measuring the sensor');
  const value = await measureSize(recording, { signal, progress });
  return value && { value, how: 'the pixels that fired' };
}

/** The smallest time that passes the filters, in µs: where timestamps step back it is not that of the first event. */
async function lowestTime(
  recording: Recording,
  chain: FilterChain,
  options: ConversionOptions,
): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY;
  for await (const events of eventPass(recording, passOptions(options, 'looking for the first time'))) {
    for (const time of chain.apply(events).t) {
      lowest = Math.min(lowest, time);
    }
  }
  chain.reset();
  return Number.isFinite(lowest) ? lowest : 0;
}

function shifted(events: EventBatch, subtracted: number): EventBatch {
  return subtracted === 0 ? events : { ...events, t: events.t.map((time) => time - subtracted) };
}

/** Counts what passes, and keeps the time of the first event. */
class Passed {
  read = 0;
  firstTime: number | undefined;

  note(events: EventBatch, kept: EventBatch): void {
    this.read += events.t.length;
    this.firstTime ??= kept.t[0];
  }
}

function nothingWritten({ read }: Passed, { from, to, target }: ConversionOptions): SpikeBridgeError {
  const isRange = from !== undefined || to !== undefined;
  if (read > 0) {
    return new SpikeBridgeError('data', 'no events are left to write', 'Loosen the filters.', {
      file: target,
    });
  }
  return isRange
    ? new SpikeBridgeError(
        'data',
        'no events are left to write: none lies in the time range',
        'Choose another time range: `spikebridge events info` prints the first and last timestamp; +TIME counts from the first event.',
        { file: target },
      )
    : new SpikeBridgeError(
        'data',
        'the recording holds no events, so there is nothing to write',
        'Check it with `spikebridge events info`; warnings there say where it is damaged.',
        { file: target },
      );
}

/**
 * Writes the events of a recording that lie in a time range and pass filters to a new file; memory is bounded.
 * @throws SpikeBridgeError (cancelled), with nothing left behind; (data) where nothing is left to write or the format
 *   cannot hold it; (usage) where the target exists.
 */
export async function convertRecording(
  recording: Recording,
  options: ConversionOptions,
): Promise<ConversionSummary> {
  const chain = filterChain(options.filters ?? []);
  const size = await sizeFor(recording, options);
  await chain.survey(() => eventPass(recording, passOptions(options, 'looking for hot pixels')));
  const subtracted = options.rebase ? await lowestTime(recording, chain, options) : 0;
  const writer = await openRecordingWriter(options.target, {
    format: options.format,
    replace: options.replace,
    size: size?.value ?? { width: 0, height: 0 },
    sensor: recording.info.sensor?.value,
    signal: options.signal,
  });
  const passed = new Passed();
  try {
    for await (const events of eventPass(recording, passOptions(options, 'writing'))) {
      const kept = shifted(chain.apply(events), subtracted);
      passed.note(events, kept);
      await writer.write(kept);
    }
    if (writer.events === 0) {
      throw nothingWritten(passed, options);
    }
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  const { firstTime = 0 } = passed;
  return { events: writer.events, reductions: chain.reductions(), size, subtracted, firstTime };
}

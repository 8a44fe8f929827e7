import { SpikeBridgeError } from '../../errors';
import type { EventBatch, SensorSize } from '../eventBatch';
import { type FilterReduction, filterChain } from '../filters/filterChain';
import type { FilterSettingsInput } from '../filters/filterSettings';
import type { Recording } from '../recording';
import type { RecordingFormat } from '../writers/recordingEncoder';
import { openRecordingWriter } from '../writers/recordingWriter';
import { eventPass, measureSize, type PassOptions } from './eventPass';

/** What a pass over a recording is for, in the order in which passes come. */
export type ConversionPhase = 'measuring the sensor' | 'looking for hot pixels' | 'writing';

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
  /** Subtracts the first written event's time from all. */
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
  return { value: await measureSize(recording, { signal, progress }), how: 'the pixels that fired' };
}

/** Subtracts the first event's time from all events of a stream; knows what it subtracted. */
class Rebase {
  subtracted = 0;
  private isStarted = false;

  constructor(private readonly isOn: boolean) {}

  apply(events: EventBatch): EventBatch {
    if (!this.isStarted && events.t.length > 0) {
      this.isStarted = true;
      this.subtracted = this.isOn ? events.t[0]! : 0;
    }
    return this.subtracted === 0 ? events : { ...events, t: events.t.map((time) => time - this.subtracted) };
  }
}

function checkAny(events: number, options: ConversionOptions): void {
  if (events === 0) {
    const isRange = options.from !== undefined || options.to !== undefined;
    throw new SpikeBridgeError(
      'data',
      'no events are left to write',
      isRange
        ? 'Choose another time range: `spikebridge events info` prints the first and last timestamp; +TIME counts from the first event.'
        : 'Loosen the filters, if there are any: the recording may be empty.',
      { file: options.target },
    );
  }
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
  const writer = await openRecordingWriter(options.target, {
    format: options.format,
    replace: options.replace,
    size: size?.value ?? { width: 0, height: 0 },
    sensor: recording.info.sensor?.value,
  });
  const rebase = new Rebase(options.rebase === true);
  try {
    for await (const events of eventPass(recording, passOptions(options, 'writing'))) {
      await writer.write(rebase.apply(chain.apply(events)));
    }
    checkAny(writer.events, options);
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return { events: writer.events, reductions: chain.reductions(), size, subtracted: rebase.subtracted };
}

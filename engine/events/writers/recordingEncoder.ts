import type { EventBatch, SensorSize } from '../eventBatch';
import type { FormatId } from '../formats';
import type { FormatLimits } from './formatLimits';
import type { NewFile } from './newFile';

/** What a file says of itself beside its events. */
export interface EncoderOptions {
  /** Written into headers; events outside are refused. */
  readonly size: SensorSize;
  /** Model of the camera, for formats that name one. */
  readonly sensor?: string;
  /** Ends the writing when it is aborted, with nothing left behind. */
  readonly signal?: AbortSignal | undefined;
}

/** Encodes events into a new file, batch by batch; memory is bounded by the batch. */
export interface RecordingEncoder {
  /** @throws SpikeBridgeError (data) for an event that the format cannot hold. */
  write(events: EventBatch): Promise<void>;
  /** Writes what can only be written at the end; the file is then complete, but not yet in its place. */
  finish(): Promise<void>;
  /** Closes what the encoder opened itself; called once, after `finish` or instead of it. */
  dispose?(): void;
}

/** A format that recordings can be written in. */
export interface RecordingFormat {
  /** Id of `formats.ts`. */
  readonly format: FormatId;
  /** On the command line: `--format NAME`. */
  readonly name: string;
  readonly title: string;
  /** File suffixes, the usual one first. */
  readonly suffixes: readonly [string, ...string[]];
  /** The format, or its readers, want timestamps that never step back. */
  readonly isOrdered: boolean;
  /** Whether headers state the sensor's size, so that it must be known. */
  readonly statesSize: boolean;
  /** Written from its start to its end, so that it can go to standard output. */
  readonly isStreamed: boolean;
  /** What it can hold, where that is little enough to matter. */
  readonly limits?: FormatLimits;
  open(file: NewFile, options: EncoderOptions): Promise<RecordingEncoder>;
}

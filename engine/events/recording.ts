import type { ByteSource } from './byteSource';
import type { EventBatch, SensorSize } from './eventBatch';
import type { FormatId } from './formats';
import type { Track } from './tracks';

/** A fact about a recording, and where it was found: "header key geometry", "system_ID 48", "set by the user". */
export interface Found<T> {
  readonly value: T;
  readonly how: string;
}

/** What is known of a recording once its header is read, without decoding its events. */
export interface RecordingInfo {
  readonly format: Found<FormatId>;
  /** Version inside the format, as its own documents spell it: "3.1", "EVT 2.1 (big endian)". */
  readonly version?: Found<string>;
  /** Model of sensor or camera. */
  readonly sensor?: Found<string>;
  /** Missing when neither the file nor the user tells it: ask once, then pass `OpenOptions.size`. */
  readonly size?: Found<SensorSize>;
  /** Number of events where the container states it; else only a whole pass tells. */
  readonly eventCount?: Found<number>;
  /** First and last timestamp in µs where the container states them. */
  readonly timeRange?: Found<{ readonly first: number; readonly last: number }>;
  /** Names of the event streams to choose from (topics, stream ids, left and right); one is open. */
  readonly streams: readonly string[];
  readonly stream: string;
  /** Everything else in the header worth showing, in file order. */
  readonly properties: readonly (readonly [name: string, value: string])[];
}

/** Damage that was read around: the events before and after it are complete. */
export interface RecordingWarning {
  /** "the file ends inside an event". */
  readonly message: string;
  /** Place in the file in bytes, where it has one. */
  readonly byteOffset?: number;
  /** How often it was seen, when one warning stands for many. */
  readonly count: number;
}

/** A value that `JSON.stringify` keeps. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/**
 * A place between two events from which decoding resumes as if it had never stopped: byte or row, and whatever the
 * decoder carries (time base, row register, overflow count). Time indexes keep it on disk, so it is plain JSON.
 */
export type DecoderState = JsonValue;

/**
 * Reads one stream of events forwards, in file order (timestamps may step back where the file's do).
 * Memory is bounded by the batch, never by the file.
 */
export interface EventReader {
  /**
   * The next events, at least one and at most 65,536, in arrays of their own (transferable); undefined at the end.
   * @param reuse a batch of this reader that the caller needs no more: its arrays may be filled again, which saves
   *   passes over a whole file the allocation. Readers may ignore it.
   * @throws SpikeBridgeError (data) naming file and byte when nothing behind this place can be read.
   */
  next(reuse?: EventBatch): Promise<EventBatch | undefined>;
  /** State from which `Recording.events` goes on with the event after the last one returned. */
  state(): DecoderState;
  /** Bytes (or rows) consumed so far, from 0 to 1, for progress. */
  progress(): number;
  /** Also ends a `next` under way soon. */
  close(): Promise<void>;
}

/** A recording that is open. Many readers may be open at once. */
export interface Recording {
  readonly info: RecordingInfo;
  /** Frames, IMU samples and triggers beside the events; empty where there are none. */
  readonly tracks: readonly Track[];
  /** Reader at the start, or at a state that a reader of the same file and options returned. */
  events(from?: DecoderState): Promise<EventReader>;
  /**
   * State of a place at or before the first event with timestamp >= t (µs), when the container has an index of its
   * own (AEDAT4 table, DSEC ms_to_idx, sorted rows); undefined where only a pass over the file tells.
   */
  seek?(t: number): Promise<DecoderState | undefined>;
  /** What was read around so far; grows while readers go on. */
  warnings(): readonly RecordingWarning[];
  close(): Promise<void>;
}

/** What the user may have to say about a file because the file does not. */
export interface OpenOptions {
  readonly size?: SensorSize;
  /** One of `RecordingInfo.streams`; default: the first with events. */
  readonly stream?: string;
  /** Columns of text or unlabelled arrays by role, e.g. "txyp"; default: found from the values. */
  readonly columns?: string;
  /** Unit of timestamps where the file does not tell; default: found from type and range. */
  readonly timeUnit?: 's' | 'ms' | 'us' | 'ns';
  readonly flipX?: boolean;
  readonly flipY?: boolean;
  readonly transpose?: boolean;
  readonly invertPolarity?: boolean;
}

/** The answer of a codec that knows a file. */
export interface Recognition {
  /** What gave it away: "first line #!AER-DAT3.1". */
  readonly how: string;
  /**
   * `certain`: a magic number or header that nothing else has. `likely`: only the values fit (headerless formats);
   * taken when no codec is certain.
   */
  readonly confidence: 'certain' | 'likely';
}

/** One family of files: recognises by content, opens. Knows neither VS Code nor the DOM. */
export interface RecordingCodec {
  readonly format: FormatId;
  /**
   * Looks at the content (never only at the name; the name may break ties among headerless formats).
   * @returns undefined where the file is something else.
   */
  recognise(source: ByteSource): Promise<Recognition | undefined>;
  /**
   * Reads the header.
   * @throws SpikeBridgeError (data) that says what the file is and what to do, for a file of this family that holds
   * no vision events or is damaged beyond reading.
   */
  open(source: ByteSource, options: OpenOptions): Promise<Recording>;
}

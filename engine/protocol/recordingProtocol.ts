import type { ErrorReport } from '../errors';
import type { SensorSize } from '../events/eventBatch';
import type { FilterSettingsInput } from '../events/filters/filterSettings';
import type { OpenOptions, RecordingInfo, RecordingWarning } from '../events/recording';
import type { PictureColors } from '../events/rendering/pictureColors';
import type { TensorStep } from '../events/representations/eventTensor';
import type { RepresentationSettingsInput } from '../events/representations/representations';
import type { TrackSample } from '../events/tracks';
import type { PackedEvents } from '../recordings/packedEvents';

/**
 * What the editor of recordings, the extension host and the recordings process tell each other. Every payload is plain
 * data with typed arrays, which travel as they are over each seam (structured clone).
 */

/** A parameter of a filter or representation as the editor shows it. */
export interface ParameterDescription {
  readonly name: string;
  /** With its unit. */
  readonly help: string;
  /** Numbers are entered, choices picked; `true` and `false` are choices too. */
  readonly choices?: readonly string[];
  readonly wholeNumber: boolean;
  /** Inclusive. */
  readonly minimum?: number;
  /** Exclusive minimum. */
  readonly above?: number;
  /** Inclusive. */
  readonly maximum?: number;
  /** Whether it has no standard value and may not be missing. */
  readonly required?: boolean;
  /** What a new step starts with; undefined where there is none. */
  readonly standard?: number | string | boolean;
}

/** A filter or representation that can be chosen, made from its schema. */
export interface SettingsDescription {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly parameters: readonly ParameterDescription[];
}

/** A stretch of time with a name. */
export interface TimeLabel {
  readonly kind: 'interval';
  readonly name: string;
  /** µs, inclusive. */
  readonly from: number;
  /** µs, exclusive. */
  readonly to: number;
}

/** A closed outline in sensor pixels. */
export interface OutlineLabel {
  readonly kind: 'outline';
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Labels found beside a recording. */
export interface RecordingLabels {
  /** Name of the file that they come from, without folder. */
  readonly source: string;
  readonly labels: readonly (TimeLabel | OutlineLabel)[];
}

/** What is known of a recording as soon as it is open. */
export interface RecordingSummary {
  readonly fileName: string;
  readonly fileSize: number;
  readonly info: RecordingInfo;
  /** A guess for the user to confirm where `info.size` is missing or too large: the smallest that holds the first events. */
  readonly suggestedSize?: SensorSize;
  readonly options: OpenOptions;
  readonly tracks: readonly {
    readonly kind: TrackSample['kind'];
    readonly name: string;
    readonly count?: number;
  }[];
  readonly labels: readonly RecordingLabels[];
  readonly filters: readonly SettingsDescription[];
  readonly representations: readonly SettingsDescription[];
  readonly exportFormats: readonly ExportFormat[];
}

/** Events per stretch of time. */
export interface RateCurve {
  /** Start of the first bin in µs. */
  readonly first: number;
  /** Length of a bin in µs. */
  readonly binMicroseconds: number;
  readonly on: Uint32Array;
  readonly off: Uint32Array;
}

/** What a pass over the whole recording has found so far. */
export interface IndexProgress {
  /** In [0, 1]; 1 when everything has been seen. */
  readonly fraction: number;
  readonly done: boolean;
  readonly events: number;
  readonly onEvents: number;
  /** First and last timestamp in µs seen so far, or stated by the container. */
  readonly first: number;
  readonly last: number;
  readonly rate: RateCurve;
  readonly warnings: readonly RecordingWarning[];
  /** Why the pass ended early. */
  readonly failure?: ErrorReport;
}

/** Events of a span, after the filter chain. */
export interface EventsQuery {
  /** µs, inclusive. */
  readonly from: number;
  /** µs, exclusive. */
  readonly to: number;
  readonly chain: readonly FilterSettingsInput[];
  /** Most events wanted, before the chain; the answer may end before `to`. */
  readonly limit: number;
}
export interface EventsAnswer {
  /** Its `to` is where the answer ends: all events before it are there. */
  readonly events: PackedEvents;
  /** Events before the chain and after each step. */
  readonly reduction: readonly number[];
}

export interface TensorQuery {
  readonly from: number;
  readonly to: number;
  readonly chain: readonly FilterSettingsInput[];
  readonly representation: RepresentationSettingsInput;
  /** Height and width of the tensor in pixels (bilinear, corners aligned); 0 keeps the representation's own. */
  readonly sizePixels: number;
}
export interface TensorAnswer {
  /** In the order of `shape`: steps, channels (0 = OFF, 1 = ON; or one signed), rows, columns. */
  readonly values: Float32Array;
  readonly shape: readonly [steps: number, channels: number, height: number, width: number];
  readonly steps: readonly TensorStep[];
}

export interface SamplesQuery {
  /** Index in `RecordingSummary.tracks`. */
  readonly track: number;
  readonly from: number;
  readonly to: number;
  /** Most samples wanted, spread evenly over the span. */
  readonly limit: number;
}
/** A sample with its number among all of the span, from 0 on. */
export type NumberedSample = TrackSample & { readonly number: number };

export interface FrameQuery {
  readonly track: number;
  /** The last frame at or before this time in µs is wanted. */
  readonly at: number;
}

/** A format that a range can be exported to. */
export interface ExportFormat {
  /** As `RecordingFormat.name`, or `gif`. */
  readonly name: string;
  readonly title: string;
  /** The usual file suffix, with its dot. */
  readonly suffix: string;
  /** Why this recording does not fit unless it is cropped; absent where it fits. */
  readonly unfit?: string;
}

/** How a range is drawn as moving pictures. */
export interface FilmOptions {
  /** What one picture shows, in µs. */
  readonly window: number;
  /** Recording time over playing time. */
  readonly speed: number;
  readonly colors: PictureColors;
  /** Events of full colour; undefined: balanced. */
  readonly saturation?: number;
  /** Puts the camera frames under the events where the recording has some. */
  readonly frames?: boolean;
  /** How much of a frame shows, in [0, 1]; the rest is the background. Default: 1. */
  readonly frameStrength?: number;
}

export interface ExportQuery {
  readonly from: number;
  readonly to: number;
  readonly chain: readonly FilterSettingsInput[];
  /** `ExportFormat.name`. */
  readonly format: string;
  /** Absolute path; chosen by the user. */
  readonly target: string;
  /** For `gif`. */
  readonly film: FilmOptions;
}
export interface ExportAnswer {
  readonly target: string;
  /** What the user should know of what was written. */
  readonly note?: string;
}

/** Everything that can be asked of an open recording: parameters and result by name. */
export interface RecordingQueries {
  summary: { parameters: Record<string, never>; result: RecordingSummary };
  events: { parameters: EventsQuery; result: EventsAnswer };
  tensor: { parameters: TensorQuery; result: TensorAnswer };
  samples: { parameters: SamplesQuery; result: readonly NumberedSample[] };
  frame: { parameters: FrameQuery; result: TrackSample | null };
  export: { parameters: ExportQuery; result: ExportAnswer };
}
export type QueryName = keyof RecordingQueries;

/** A question by name, as it travels. */
export interface Query<Name extends QueryName = QueryName> {
  readonly name: Name;
  readonly parameters: RecordingQueries[Name]['parameters'];
}

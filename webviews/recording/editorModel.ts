import type { SensorSize } from '../../engine/events/eventBatch';
import type { OpenOptions } from '../../engine/events/recording';
import type { FrameSample } from '../../engine/events/tracks';
import type {
  ExportFormat,
  IndexProgress,
  NumberedSample,
  RecordingSummary,
  TensorAnswer,
} from '../../engine/protocol/recordingProtocol';
import type { RecordingNotice } from '../../engine/protocol/recordingViewProtocol';
import type { TimeSpan } from './pages/eventCache';
import type { ColorScheme } from './picture/colorSchemes';
import type { SliceStatistics } from './picture/sliceStatistics';
import type { PlayerAction, PlayerState } from './player/playerState';
import type { PlayRate } from './player/playRate';
import type { ViewState } from './viewState';

/** The tensor that is shown, or why there is none. */
export interface NetworkInput {
  readonly tensor?: TensorAnswer;
  readonly message?: string;
  /** Another tensor than this one is being computed. */
  readonly busy?: boolean;
}

/** Numbers of the picture that is drawn, and the span that it shows: while a seek loads events, still the old one. */
export interface ShownStatistics extends SliceStatistics {
  readonly shown: TimeSpan;
}

/** Everything the parts of the editor show, at one moment. */
export interface EditorModel {
  readonly summary: RecordingSummary;
  readonly sensor: SensorSize;
  readonly index: IndexProgress | undefined;
  /** Undefined: file and reader are as they were when the file was opened. */
  readonly notice: RecordingNotice | undefined;
  readonly view: ViewState;
  /** Colours of the picture. */
  readonly scheme: ColorScheme;
  readonly player: PlayerState;
  /** Span that is shown, in µs. */
  readonly shown: TimeSpan;
  readonly loaded: readonly TimeSpan[];
  /** Undefined until the events of a picture are there. */
  readonly statistics: ShownStatistics | undefined;
  /** Events before the filter chain and after each of its active steps, over what is loaded. */
  readonly reduction: readonly number[];
  readonly network: NetworkInput;
  readonly frame: FrameSample | undefined;
  /** Samples of the tracks over the whole recording, by index of the track. */
  readonly samples: ReadonlyMap<number, readonly NumberedSample[]>;
  readonly renderer: string;
  /** While playing. */
  readonly playRate: PlayRate | undefined;
  /** Whether playing leaves out pictures, because events arrive too slowly. */
  readonly isSparse: boolean;
}

/** What the parts of the editor can ask for. */
export interface EditorCommands {
  setView(part: Partial<ViewState>): void;
  do(action: PlayerAction): void;
  setOptions(options: OpenOptions): void;
  /** Opens the file anew as it is now. */
  readAgain(): void;
  exportPicture(): void;
  exportRange(format: ExportFormat): void;
  copyConfiguration(): void;
  showHelp(): void;
}

/** A part of the editor. */
export interface EditorPart {
  readonly root: HTMLElement;
  update(model: EditorModel): void;
}

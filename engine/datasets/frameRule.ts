import type { SensorSize } from '../events/eventBatch';
import type { FilterSettings } from '../events/filters/filterSettings';
import type { FormatId } from '../events/formats';
import { POLARITY_CHANNELS } from '../events/frames';
import type { OpenOptions } from '../events/recording';

/** What the data set knows of its files and they do not tell: orientation, columns, unit of times. */
export type KnownOptions = Omit<OpenOptions, 'size' | 'stream'>;

/** How recordings become frames; plain data, so that it travels to threads and into keys. Equal rules, equal frames. */
export interface FrameRule {
  /** T windows of time. */
  readonly timeSteps: number;
  /** S: height and width of the frames in pixels. */
  readonly size: number;
  /**
   * `count`: counts per polarity and window, resized (methods.md 3.2, common rule); `frequency`: the rule of N-Omniglot
   * (methods.md 3.2, last paragraph).
   */
  readonly kind: 'count' | 'frequency';
  /** Sensor in pixels. Absent: of each recording its own, W = max x + 1 and H = max y + 1 (methods.md 3.2, step 1). */
  readonly sensor?: SensorSize;
  /** Whether the smallest x and y of each recording are subtracted first (N-Caltech101, methods.md 3.1). */
  readonly fromMinimum?: boolean;
  /**
   * What times count from before windows are cut. `zero`: as recorded (methods.md 3.2, step 2); `first-event` (ours):
   * the first event of the sample, for clocks that do not begin with it.
   */
  readonly timeOrigin: 'zero' | 'first-event';
  /** Formats a file may have. `n-mnist`: 40-bit recordings whose every pixel must lie on the sensor. */
  readonly formats: 'n-mnist' | 'any' | readonly FormatId[];
  readonly known?: KnownOptions;
  /** Applied to the events of each sample as recorded, from first to last; absent: none. */
  readonly filters?: readonly FilterSettings[];
  /** Formats whose x and y are exchanged. */
  readonly transposed?: readonly FormatId[];
}

/** Values in the frames of one recording: T * S * S * 2. */
export function frameLength({ timeSteps, size }: FrameRule): number {
  return timeSteps * size * size * POLARITY_CHANNELS;
}

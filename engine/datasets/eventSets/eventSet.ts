import { SpikeBridgeError } from '../../errors';
import type { FilterSettings } from '../../events/filters/filterSettings';
import type { FrameRule } from '../frameRule';
import type { ManifestEntry } from '../manifest';

/** What is found on disk of an event data set. */
export interface EventSetListing {
  /** Absolute folder that the recordings' paths start at. */
  readonly root: string;
  /** Class names in index order. */
  readonly classes: readonly string[];
  /** All samples, class after class, in the data set's order inside a class. */
  readonly recordings: readonly ManifestEntry[];
  /** Training and test samples, where the data set itself divides them. */
  readonly official?: { readonly train: readonly ManifestEntry[]; readonly test: readonly ManifestEntry[] };
  /** What the user should know, but what stops nothing. */
  readonly warnings: readonly string[];
}

/** Takes what is wrong with a data set: a run throws it, a check collects it. */
export type Complain = (problem: SpikeBridgeError) => void;

/** Throws the first problem. */
export const throwProblem: Complain = (problem) => {
  throw problem;
};

/** What a complete copy of a data set holds. */
export interface OfficialCounts {
  /** Samples of each class, in index order. */
  readonly samplesOfClass: ReadonlyMap<string, number>;
  /** Samples in all, where the counts of the classes are not published. */
  readonly total?: number;
}

/** One layout of event recordings on disk. Decoding is the codecs' (engine/events). */
export interface EventSet<Configuration> {
  /** For messages: "N-Caltech101". */
  readonly title: string;
  /** The layout in one line, for messages. */
  readonly layout: string;
  readonly official?: OfficialCounts;
  /**
   * Lists the samples without decoding them.
   * @param configuration `folder` must be absolute.
   * @param complain is called for every problem that leaves something to list.
   * @throws SpikeBridgeError (data) where there is nothing to list.
   */
  list(configuration: Configuration, complain: Complain): Promise<EventSetListing>;
  /** How its samples become frames. */
  frameRule(configuration: Configuration, frames: FrameSettings): FrameRule;
}

/** What a configuration says of its frames. */
export interface FrameSettings {
  /** T. */
  readonly timeSteps: number;
  /** S in pixels. */
  readonly sizePixels: number;
  /** Default: none. */
  readonly filters?: readonly FilterSettings[] | undefined;
}

/** A problem of a data set, with the file or folder it is about. */
export function dataSetError(
  message: string,
  nextStep: string,
  file: string,
  cause?: unknown,
): SpikeBridgeError {
  return new SpikeBridgeError('data', message, nextStep, { file }, { cause });
}

/** A file or folder with something wrong. */
export interface DataSetProblem {
  /** Absolute. */
  readonly file: string;
  readonly byteOffset?: number;
  readonly message: string;
  readonly nextStep?: string;
}

/** A class and how many samples of it there are. */
export interface ClassCount {
  readonly name: string;
  readonly count: number;
  /** In a complete copy, where that is published. */
  readonly official?: number;
}

/** What a check found of one data set. */
export interface DataSetReport {
  readonly side: 'events' | 'images';
  readonly format: string;
  readonly title: string;
  readonly folder: string;
  readonly classes: readonly ClassCount[];
  readonly samples: number;
  /** Samples of a complete copy, where that is published. */
  readonly officialSamples?: number;
  /** Events in all samples that could be read; absent for images. */
  readonly events?: number;
  /** What a complete copy has and this one lacks. */
  readonly missing: readonly string[];
  /** Wrong layout and damaged files. */
  readonly problems: readonly DataSetProblem[];
  readonly warnings: readonly string[];
  /** The section of a run configuration that reads it: `data.events` or `data.images`. */
  readonly section: Readonly<Record<string, unknown>>;
}

/** Whether a run can use the set as it is and nothing of the official set is missing. */
export function isFine({ missing, problems }: DataSetReport): boolean {
  return missing.length === 0 && problems.length === 0;
}

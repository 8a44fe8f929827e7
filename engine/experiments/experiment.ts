import type { TransferConfigurationInput } from '../training/configurationSchema';

/** Any part of a value; lists are given whole. */
export type PartOf<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]?: PartOf<Value[Key]> }
    : Value;

/** What a row changes of its experiment's base configuration. */
export type ConfigurationChanges = PartOf<TransferConfigurationInput>;

/** A test accuracy somebody published for a row. */
export interface PublishedAccuracy {
  /** Per cent of the test recordings. */
  readonly percent: number;
  /** Population standard deviation in points; absent where one run was published. */
  readonly deviation?: number;
  /** Where the number stands. */
  readonly source: string;
}

/** One line of an experiment's table. */
export interface ExperimentRow {
  /** Unique in its experiment: lower-case letters, digits and hyphens. Names the run folders. */
  readonly id: string;
  readonly label: string;
  readonly changes: ConfigurationChanges;
  /** Default: those of the experiment. */
  readonly seeds?: readonly number[];
  readonly published?: PublishedAccuracy;
  /** Distils from the experiment's teacher, which is trained first. */
  readonly needsTeacher?: boolean;
  /** Starts from the backbone of the experiment's pre-training with the same seed, which is trained first. */
  readonly needsPretraining?: boolean;
  /** What of this row no source gives. */
  readonly ours?: readonly string[];
}

/** The ANN that rows distil from: trained once, used by all of them. */
export interface ExperimentTeacher {
  readonly changes: ConfigurationChanges;
  readonly seed: number;
}

/** The network of fine-tuned rows on static images alone: trained once for every seed of such a row. */
export interface ExperimentPretraining {
  readonly changes: ConfigurationChanges;
}

/** A row of the publication that run configurations cannot express, and why. */
export interface MissingRow {
  readonly label: string;
  readonly reason: string;
}

/**
 * Where the data sets lie below the folder the user names: the first of the names that exists. Folders of the base
 * configuration are replaced by what is found.
 */
export interface DataFolderNames {
  readonly events: readonly string[];
  /** Absent where no row uses images. */
  readonly images?: readonly string[];
}

/** Rows of runs that belong in one table. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** What it shows and where it comes from, in a sentence or two. */
  readonly description: string;
  readonly folders: DataFolderNames;
  /** About how many recordings a class has, where a trial takes a share of them (see shrink.ts). */
  readonly recordingsPerClass?: number;
  readonly base: ConfigurationChanges;
  /** What makes the split and pairing of `base`, which leak nothing, those of the paper (methods.md 3.4, 3.5). */
  readonly paperSplit?: ConfigurationChanges;
  readonly seeds: readonly number[];
  /** Which accuracy the published numbers are: of the best evaluation (methods.md 7.5), or of the last. */
  readonly reports: 'best' | 'last';
  /** Whose rows these are: a paper's, or our own choice for a data set. */
  readonly origin: 'published' | 'ours';
  readonly teacher?: ExperimentTeacher;
  readonly pretraining?: ExperimentPretraining;
  readonly rows: readonly ExperimentRow[];
  readonly missing?: readonly MissingRow[];
  /** What no source gives, of every row. */
  readonly ours?: readonly string[];
}

/** The row of that id, if any. */
export function rowOf(experiment: Experiment, id: string): ExperimentRow | undefined {
  return experiment.rows.find((row) => row.id === id);
}

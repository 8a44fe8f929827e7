/** How long a run took, or will have taken. */
export interface RunDuration {
  readonly row: string;
  readonly seconds: number;
}

/** What is left of an experiment. */
export interface WorkLeft {
  /** Runs that have ended now, and running ones with the whole time they are expected to take. */
  readonly known: readonly RunDuration[];
  /** Seconds left of each running run; undefined while it is not known. */
  readonly running: readonly (number | undefined)[];
  /** Rows of the runs that have not begun. */
  readonly waiting: readonly string[];
  readonly jobs: number;
}

function mean(values: readonly number[]): number | undefined {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;
}

/**
 * Seconds until all runs have ended: a waiting run takes as long as others of its row, or as the mean of all.
 * @returns undefined while nothing is known.
 */
export function secondsLeft({ known, running, waiting, jobs }: WorkLeft): number | undefined {
  const overall = mean(known.map(({ seconds }) => seconds));
  const ofRow = (row: string) =>
    mean(known.filter((each) => each.row === row).map(({ seconds }) => seconds)) ?? overall;
  const parts = [...running.map((seconds) => seconds ?? overall), ...waiting.map(ofRow)];
  if (parts.some((seconds) => seconds === undefined)) {
    return undefined;
  }
  const all = parts as number[];
  const total = all.reduce((sum, seconds) => sum + seconds, 0);
  const lanes = Math.max(1, Math.min(jobs, all.length));
  return Math.max(total / lanes, ...all.slice(0, running.length), 0);
}

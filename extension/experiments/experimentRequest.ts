/** What to run of which experiment; absent choices take the experiment's own. */
export interface ExperimentRequest {
  readonly name: string;
  /** Absolute folder of the data sets. */
  readonly data: string;
  /** Absolute folder of the static images; default: found in `data`. */
  readonly images?: string;
  readonly rows?: readonly string[];
  readonly seeds?: readonly number[];
  readonly shrink?: number;
  /** Keys set in every configuration, as KEY=VALUE. */
  readonly set?: readonly string[];
  /** Folder of the experiment. Default: experiments/<name> below `folder`. */
  readonly out?: string;
  /** Absolute working folder. Default: the first folder of the workspace. */
  readonly folder?: string;
  readonly backend?: string;
}

/** The arguments of `experiment run` for a request. */
export function argumentsOf(request: ExperimentRequest): string[] {
  const { name, data, images, rows, seeds, shrink, set = [], out, backend } = request;
  const option = (flag: string, value: string | undefined) => (value === undefined ? [] : [flag, value]);
  return [
    'experiment',
    'run',
    name,
    '--data',
    data,
    ...option('--images', images),
    ...option('--rows', rows?.join(',')),
    ...option('--seeds', seeds?.join(',')),
    ...option('--shrink', shrink?.toString()),
    ...set.flatMap((each) => ['--set', each]),
    ...option('--out', out),
    ...option('--backend', backend),
    '--json',
  ];
}

/** Seeds as typed, e.g. "42, 1024"; undefined where they are none. */
export function parseSeeds(text: string): number[] | undefined {
  const seeds = text.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each)));
  const isSeed = (seed: number) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32;
  return seeds.every(isSeed) && new Set(seeds).size === seeds.length ? seeds : undefined;
}

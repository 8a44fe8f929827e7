import path from 'node:path';
import { type ErrorReport, SpikeBridgeError } from '../../errors';
import { answerInWorkers, type PoolOptions } from '../decodePool';
import { type EventDataConfiguration, type EventFormat, eventDataSchema } from '../eventDataSchema';
import type { EventSetListing, OfficialCounts } from '../eventSets/eventSet';
import { EVENT_SETS, frameRuleOf, listEventSet } from '../eventSets/eventSets';
import type { FrameRule } from '../frameRule';
import type { ManifestEntry } from '../manifest';
import type { SampleSource } from '../sampleEvents';
import type { LoadProgress } from '../transferData';
import type { DecodeRequest, SampleCheck } from '../workerMessages';
import type { ClassCount, DataSetProblem, DataSetReport } from './dataSetReport';

/** Samples that one request checks: few, so that progress moves. */
const SAMPLES_PER_REQUEST = 32;
/** Frames of published runs; a check bins as they do (methods.md 3.2). */
const FRAMES: Partial<Record<EventFormat, { timeSteps: number; sizePixels: number }>> = {
  'n-mnist': { timeSteps: 6, sizePixels: 34 },
  'n-omniglot': { timeSteps: 12, sizePixels: 28 },
};
const COMMON_FRAMES = { timeSteps: 10, sizePixels: 48 };

/** How a check runs. */
export interface CheckOptions extends PoolOptions {
  readonly onProgress?: (progress: LoadProgress) => void;
}

function problemOf({ place = {}, message, nextStep }: ErrorReport, file: string): DataSetProblem {
  const { byteOffset } = place;
  return { file: place.file ?? file, ...(byteOffset !== undefined && { byteOffset }), message, nextStep };
}

function countClasses(
  { classes, recordings }: EventSetListing,
  official: OfficialCounts | undefined,
): ClassCount[] {
  const counts = new Uint32Array(classes.length);
  for (const { label } of recordings) {
    counts[label]!++;
  }
  return classes.map((name, label) => {
    const expected = official?.samplesOfClass.get(name);
    return { name, count: counts[label]!, ...(expected !== undefined && { official: expected }) };
  });
}

/** Samples of a complete copy, where that is published. */
function officialTotal(official: OfficialCounts | undefined): number | undefined {
  return (
    official &&
    (official.total ?? [...official.samplesOfClass.values()].reduce((sum, count) => sum + count, 0))
  );
}

/** Missing classes by name, and how many samples there are too few; the counts of classes tell of which. */
function missingOf(counts: readonly ClassCount[], official: OfficialCounts | undefined): string[] {
  const present = new Set(counts.map(({ name }) => name));
  const absent = [...(official?.samplesOfClass ?? [])].filter(([name]) => !present.has(name));
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const few = counts.reduce((sum, { count, official: all = 0 }) => sum + Math.max(0, all - count), 0);
  const wanted = official?.total ?? total + few;
  return [
    ...absent.map(([name, count]) => `class ${name} (${count} samples)`),
    ...(total < wanted ? [`${wanted - total} samples of the classes that are here`] : []),
  ];
}

/** Samples of one file are neighbours, so that a file is read once. */
function requestsFor(root: string, recordings: readonly ManifestEntry[], rule: FrameRule): DecodeRequest[] {
  const byFile = new Map<string, SampleSource[]>();
  for (const { file, slice } of recordings) {
    const source = { file: path.join(root, file), ...(slice && { slice }) };
    byFile.set(file, [...(byFile.get(file) ?? []), source]);
  }
  const requests: SampleSource[][] = [[]];
  for (const sources of byFile.values()) {
    if (requests.at(-1)!.length + sources.length > SAMPLES_PER_REQUEST && requests.at(-1)!.length > 0) {
      requests.push([]);
    }
    requests.at(-1)!.push(...sources);
  }
  return requests.map((sources) => ({ task: 'check', sources, rule }));
}

/** A file that holds several samples is named once per problem. */
function withoutTwins(problems: readonly DataSetProblem[]): DataSetProblem[] {
  const seen = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...seen.values()];
}

async function checkRecordings(requests: readonly DecodeRequest[], options: CheckOptions) {
  const total = requests.reduce((sum, { sources }) => sum + sources.length, 0);
  const checks: (readonly SampleCheck[])[] = [];
  let done = 0;
  await answerInWorkers(requests, options, (index, answer) => {
    if ('error' in answer) {
      throw SpikeBridgeError.fromReport(answer.error);
    }
    if ('checks' in answer) {
      checks[index] = answer.checks;
      done += answer.checks.length;
      options.onProgress?.({ done, total });
    }
  });
  const problems = requests.flatMap(({ sources }, index) =>
    checks[index]!.flatMap(({ problem }, sample) =>
      problem ? [problemOf(problem, sources[sample]!.file)] : [],
    ),
  );
  const events = checks.flat().reduce((sum, check) => sum + check.events, 0);
  return { problems: withoutTwins(problems), events };
}

/**
 * Checks every recording of a data set by decoding and binning it as a run does.
 * @param folder absolute.
 * @throws SpikeBridgeError (data) where there is nothing to list; (cancelled) when the signal is aborted.
 */
export async function checkEventSet(
  format: EventFormat,
  folder: string,
  options: CheckOptions = {},
): Promise<DataSetReport> {
  const events: EventDataConfiguration = eventDataSchema.parse({ format, folder });
  const { title, official } = EVENT_SETS[format];
  const layout: DataSetProblem[] = [];
  const listing = await listEventSet(events, (problem) => layout.push(problemOf(problem.toReport(), folder)));
  const rule = frameRuleOf(events, FRAMES[format] ?? COMMON_FRAMES);
  const checked = await checkRecordings(requestsFor(listing.root, listing.recordings, rule), options);
  const classes = countClasses(listing, official);
  const officialSamples = officialTotal(official);
  return {
    side: 'events',
    format,
    title,
    folder,
    classes,
    samples: listing.recordings.length,
    ...(officialSamples !== undefined && { officialSamples }),
    events: checked.events,
    missing: missingOf(classes, official),
    problems: [...layout, ...checked.problems],
    warnings: listing.warnings,
    section: { format, folder },
  };
}

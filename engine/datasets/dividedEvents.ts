import { SpikeBridgeError } from '../errors';
import type { EventDataConfiguration } from './eventDataSchema';
import { listEventSet } from './eventSets/eventSets';
import { makeManifest, type SplitManifest } from './manifest';
import type { SplitConfiguration } from './splitSchema';
import { divideRecordings, type SplitRecord } from './splitsPolicy';

/** The recordings of a run, not yet decoded. */
export interface DividedEvents {
  /** Absolute folder that the manifest's files lie in. */
  readonly root: string;
  readonly manifest: SplitManifest;
  readonly record: SplitRecord;
  /** Recordings of each class in the whole data set. */
  readonly classTotals: readonly number[];
  readonly warnings: readonly string[];
}

function requireRecordings({ train, test }: SplitManifest, root: string): void {
  const empty = train.length === 0 ? 'train' : test.length === 0 ? 'test' : undefined;
  if (empty) {
    throw new SpikeBridgeError(
      'data',
      `there is no recording to ${empty} on`,
      'Complete the data set ("spikebridge dataset check" tells what is missing), or change data.events and data.split.',
      { file: root },
    );
  }
}

/**
 * Lists the recordings of a configuration and divides them into training and test recordings.
 * @param events `folder` must be absolute.
 * @throws SpikeBridgeError (data, configuration) naming file or folder and the next step.
 */
export async function divideEvents(
  events: EventDataConfiguration,
  split: SplitConfiguration,
): Promise<DividedEvents> {
  const listing = await listEventSet(events);
  const { root, classes, recordings, official } = listing;
  const { format } = events;
  const divided = await divideRecordings(
    { format, classes, recordings, ...(official && { official }) },
    split,
  );
  const { train, test, record, classTotals } = divided;
  const manifest = makeManifest(classes, train, test, { split: record });
  requireRecordings(manifest, root);
  return { root, manifest, record, classTotals, warnings: [...listing.warnings, ...divided.warnings] };
}

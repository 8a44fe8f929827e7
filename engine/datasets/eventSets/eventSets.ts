import { SpikeBridgeError } from '../../errors';
import type { EventDataConfiguration, EventDataOf, EventFormat } from '../eventDataSchema';
import type { FrameRule } from '../frameRule';
import type { ManifestEntry } from '../manifest';
import { cepDvs } from './cepDvs';
import { cifar10Dvs } from './cifar10Dvs';
import { dvs128Gesture } from './dvs128Gesture';
import {
  type Complain,
  type EventSet,
  type EventSetListing,
  type FrameSettings,
  throwProblem,
} from './eventSet';
import { ncaltech101 } from './ncaltech101';
import { ncars } from './ncars';
import { nmnist } from './nmnist';
import { nomniglot } from './nomniglot';
import { ownFolders } from './ownFolders';

/** All layouts of event recordings. A layout is added here, in the schema, and nowhere else. */
export const EVENT_SETS: { readonly [Format in EventFormat]: EventSet<EventDataOf<Format>> } = {
  'n-mnist': nmnist,
  'n-caltech101': ncaltech101,
  'cep-dvs': cepDvs,
  'n-omniglot': nomniglot,
  'cifar10-dvs': cifar10Dvs,
  'dvs128-gesture': dvs128Gesture,
  'n-cars': ncars,
  folders: ownFolders,
};

/** The layout of a configuration. */
function setOf(events: EventDataConfiguration): EventSet<EventDataConfiguration> {
  return EVENT_SETS[events.format] as unknown as EventSet<EventDataConfiguration>;
}

/** Keeps the chosen classes, with new labels. */
function chosenClasses(listing: EventSetListing, chosen: readonly string[], folder: string): EventSetListing {
  const unknown = chosen.filter((name) => !listing.classes.includes(name));
  if (unknown.length > 0) {
    throw new SpikeBridgeError(
      'configuration',
      `data.events.classes: ${unknown.join(', ')} ${unknown.length === 1 ? 'is no class' : 'are no classes'} of the recordings`,
      'Correct data.events.classes in the run configuration; "spikebridge dataset check" lists the classes.',
      { file: folder },
    );
  }
  const classes = listing.classes.filter((name) => chosen.includes(name));
  const labels = listing.classes.map((name) => classes.indexOf(name));
  const keep = (entries: readonly ManifestEntry[]) =>
    entries.flatMap((entry) =>
      labels[entry.label]! >= 0 ? [{ ...entry, label: labels[entry.label]! }] : [],
    );
  return eachPart({ ...listing, classes }, keep);
}

type Part = (entries: readonly ManifestEntry[]) => ManifestEntry[];

function eachPart(listing: EventSetListing, part: Part): EventSetListing {
  const { official } = listing;
  return {
    ...listing,
    recordings: part(listing.recordings),
    ...(official && { official: { train: part(official.train), test: part(official.test) } }),
  };
}

/** Keeps the first `count` entries of each class. */
function firstOfClass(count: number): Part {
  return (entries) => {
    const seen = new Map<number, number>();
    return entries.filter(({ label }) => {
      const before = seen.get(label) ?? 0;
      seen.set(label, before + 1);
      return before < count;
    });
  };
}

/**
 * Lists the recordings of a configuration, with its choice of classes and recordings.
 * @param events `folder` must be absolute.
 * @param complain default: throws the first problem.
 * @throws SpikeBridgeError (data) naming file or folder; (configuration) for classes that are not there.
 */
export async function listEventSet(
  events: EventDataConfiguration,
  complain: Complain = throwProblem,
): Promise<EventSetListing> {
  const listing = await setOf(events).list(events, complain);
  if (events.format === 'n-mnist') {
    return listing;
  }
  const { classes, perClass, folder } = events;
  const chosen = classes ? chosenClasses(listing, classes, folder) : listing;
  return perClass === undefined ? chosen : eachPart(chosen, firstOfClass(perClass));
}

/** How the recordings of a configuration become frames. */
export function frameRuleOf(events: EventDataConfiguration, frames: FrameSettings): FrameRule {
  const rule = setOf(events).frameRule(events, frames);
  return frames.filters && frames.filters.length > 0 ? { ...rule, filters: frames.filters } : rule;
}

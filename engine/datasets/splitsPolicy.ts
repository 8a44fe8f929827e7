import { SpikeBridgeError } from '../errors';
import { SORTED_ORDER, type SplitConfiguration, type SplitPolicy } from './splitSchema';
import {
  groupByLabel,
  keepFirstOfClass,
  SPLIT_RULES,
  type Split,
  type SplitRule,
  splitByRule,
} from './splits';
import { inOrder, type RecordingOrder, readOrder } from './splitsOrder';

/** How the recordings of a run were divided; part of the manifest and of its hash. */
export interface SplitRecord {
  readonly policy: SplitPolicy;
  /** Share of each class that trains; absent for an official split. */
  readonly trainPortion?: number;
  /** Order inside a class. name: sorted, also for a paper split that then is not the authors'. */
  readonly order?: 'name' | 'listing';
  /** SHA-256 of the listing, where there is one. */
  readonly orderSha256?: string;
  readonly eventRatio: number;
  readonly imageRatio: number;
}

/** What {@link divideRecordings} divides: all recordings, or the parts of the data set's own split. */
export interface RecordingListing<Item> {
  /** Format of data.events. */
  readonly format: string;
  readonly classes: readonly string[];
  /** All recordings by class, inside a class by name (numbers in them by value). */
  readonly recordings: readonly Item[];
  /** The data set's own split, where it has one. */
  readonly official?: Split<Item>;
}

/** Recordings of a run. */
export interface DividedRecordings<Item> extends Split<Item> {
  readonly record: SplitRecord;
  /** Recordings of each class in the whole data set, for class-weighted sampling. */
  readonly classTotals: readonly number[];
  readonly warnings: readonly string[];
}

function refuse(key: string, reason: string, nextStep: string): never {
  throw new SpikeBridgeError('configuration', `data.split.${key}: ${reason}`, nextStep);
}

/** The rule of a format of data.events; undefined where its split is official. */
export function splitRuleOf(format: string): SplitRule | undefined {
  const rules: Readonly<Record<string, SplitRule>> = SPLIT_RULES;
  return Object.hasOwn(rules, format) ? rules[format] : undefined;
}

/** The policy in effect. @throws SpikeBridgeError (configuration) where the data set does not have it. */
function policyFor(format: string, hasOfficial: boolean, { policy, order }: SplitConfiguration): SplitPolicy {
  const chosen = policy ?? (hasOfficial ? 'official' : 'leak-free');
  if (chosen === 'official' && !hasOfficial) {
    refuse('policy', `${format} has no official split`, 'Set data.split.policy to leak-free or paper.');
  }
  if (chosen === 'paper' && format === 'folders') {
    refuse('policy', 'no paper divides folders of your own', 'Set data.split.policy to leak-free.');
  }
  if (chosen !== 'paper' && order !== undefined) {
    refuse('order', 'only the policy paper has an order', 'Remove data.split.order.');
  }
  return chosen;
}

/** Refuses options that would have no effect. */
function requireEffect(
  format: string,
  rule: SplitRule | undefined,
  { order, trainPortion }: SplitConfiguration,
): void {
  if (!rule && trainPortion !== undefined) {
    refuse('trainPortion', 'an official split is taken as it is', 'Remove data.split.trainPortion.');
  }
  if (!rule?.followsListing && order !== undefined && order !== SORTED_ORDER) {
    refuse('order', `the authors take ${format} in the order of names`, 'Remove data.split.order.');
  }
}

/** The listing of a paper split; undefined where recordings are taken by name. */
async function listingOf(
  format: string,
  { followsListing }: SplitRule,
  order: string | undefined,
): Promise<{ order: RecordingOrder; file: string } | undefined> {
  if (order === undefined && followsListing) {
    refuse(
      'order',
      `the authors divide ${format} in the order in which their file system listed the files, which differs between machines`,
      `Set data.split.order to a list of the files in the order that is wanted (find . -type f > order.txt), or to "${SORTED_ORDER}" for the order of names, which is not the authors'.`,
    );
  }
  return order === undefined || order === SORTED_ORDER
    ? undefined
    : { order: await readOrder(order), file: order };
}

const SORTED_WARNING =
  "the split counts as the paper does, but in the order of names: the authors' machine had another order, so these are not their recordings";

type Divided<Item> = Split<Item> & Pick<SplitRecord, 'trainPortion' | 'order' | 'orderSha256'>;

async function divideByRule<Item extends { readonly label: number; readonly file: string }>(
  { format, classes, recordings }: RecordingListing<Item>,
  rule: SplitRule,
  policy: SplitPolicy,
  { order, trainPortion = rule.trainPortion }: SplitConfiguration,
): Promise<Divided<Item>> {
  const listing = policy === 'paper' ? await listingOf(format, rule, order) : undefined;
  const ordered = listing ? inOrder(recordings, listing.order, listing.file) : recordings;
  const parts = splitByRule(ordered, classes, rule, trainPortion);
  return listing
    ? { ...parts, trainPortion, order: 'listing', orderSha256: listing.order.sha256 }
    : { ...parts, trainPortion, order: 'name' };
}

/**
 * Divides the recordings of a data set into training and test recordings (methods.md 3.4).
 * @param split `order` is absolute where it is a path.
 * @throws SpikeBridgeError (configuration) for a policy that the data set does not have, or a paper split without its
 *   order; (data) where the order lacks recordings, or a class would have nothing to train or test on.
 */
export async function divideRecordings<Item extends { readonly label: number; readonly file: string }>(
  listing: RecordingListing<Item>,
  split: SplitConfiguration,
): Promise<DividedRecordings<Item>> {
  const { format, classes, recordings, official } = listing;
  const { eventRatio, imageRatio } = split;
  const policy = policyFor(format, official !== undefined, split);
  const rule = official ? undefined : splitRuleOf(format);
  requireEffect(format, rule, split);
  if (!official && !rule) {
    refuse('policy', `${format} has no rule that divides it`, 'Complete the data set.');
  }
  const divided: Divided<Item> = official ?? (await divideByRule(listing, rule!, policy, split));
  const { train, test, ...how } = divided;
  const isSorted = policy === 'paper' && rule?.followsListing === true && how.order === 'name';
  return {
    train: keepFirstOfClass(train, classes, eventRatio),
    test,
    record: {
      policy,
      ...(rule && { trainPortion: how.trainPortion, order: how.order }),
      ...(how.orderSha256 !== undefined && { orderSha256: how.orderSha256 }),
      eventRatio,
      imageRatio,
    },
    classTotals: groupByLabel(recordings, classes.length).map(({ length }) => length),
    warnings: isSorted ? [SORTED_WARNING] : [],
  };
}

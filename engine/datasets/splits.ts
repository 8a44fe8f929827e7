import { SpikeBridgeError } from '../errors';
import { roundHalfEven } from './roundHalfEven';

/** How a data set without a split of its own is divided (methods.md 3.4). */
export interface SplitRule {
  /** Share of each class that trains, unless the configuration gives another. */
  readonly trainPortion: number;
  /** What tests: all other recordings of the class, or only the next share of it. */
  readonly testPortion: 'rest' | number;
  /** Length of the cycles the shares are taken of; absent: the whole class. */
  readonly cycle?: number;
  /** Whether the order inside a class is that of the authors' file system (methods.md 10.2). */
  readonly followsListing: boolean;
  /** Static images of the paper's pool: the training part of each class by the same rule, or all. */
  readonly imagePool: 'training-part' | 'all';
}

/** Data sets that are divided by a rule. */
export const SPLIT_RULES = {
  'n-caltech101': {
    trainPortion: 0.9,
    testPortion: 'rest',
    followsListing: true,
    imagePool: 'training-part',
  },
  'cep-dvs': { trainPortion: 0.5, testPortion: 0.2, followsListing: false, imagePool: 'training-part' },
  'n-omniglot': {
    trainPortion: 0.75,
    testPortion: 'rest',
    cycle: 20,
    followsListing: false,
    imagePool: 'training-part',
  },
  'cifar10-dvs': { trainPortion: 0.9, testPortion: 'rest', followsListing: true, imagePool: 'all' },
  folders: { trainPortion: 0.9, testPortion: 'rest', followsListing: false, imagePool: 'all' },
} as const satisfies Record<string, SplitRule>;

/** What belongs to a class. */
interface Labelled {
  readonly label: number;
}

/** Recordings of a split, in the order of the input. */
export interface Split<Item> {
  readonly train: readonly Item[];
  readonly test: readonly Item[];
}

/** Where the parts of a class lie, position by position. */
type Part = 'train' | 'test' | 'unused';

/** The part of a position in a run of `count`: first the training share, then the test share. */
function partAt(position: number, count: number, { testPortion }: SplitRule, portion: number): Part {
  const trainCount = roundHalfEven(portion * count);
  if (position < trainCount) {
    return 'train';
  }
  const testCount = testPortion === 'rest' ? count : roundHalfEven(testPortion * count);
  return position < trainCount + testCount ? 'test' : 'unused';
}

/**
 * The part of every position of a class (methods.md 3.4): N-Caltech101 and CIFAR10-DVS the first
 * round-half-even(portion * count), then the rest; CEP-DVS the first share, then the next fifth; N-Omniglot
 * by the position modulo 20.
 * @param count recordings of the class.
 * @param portion share that trains, in (0, 1).
 */
export function partsOfClass(count: number, rule: SplitRule, portion = rule.trainPortion): Part[] {
  const { cycle = count } = rule;
  return Array.from({ length: count }, (_, position) => partAt(position % cycle, cycle, rule, portion));
}

/** Items by class, in their order. @param classCount classes; labels lie below it. */
export function groupByLabel<Item extends Labelled>(items: readonly Item[], classCount: number): Item[][] {
  const groups = Array.from({ length: classCount }, (): Item[] => []);
  for (const item of items) {
    groups[item.label]!.push(item);
  }
  return groups;
}

function requirePart(part: readonly unknown[], name: string, total: number, use: string): void {
  if (part.length === 0) {
    throw new SpikeBridgeError(
      'data',
      `the split leaves no recording of class ${name} (${total} in all) to ${use}`,
      'Change data.split.trainPortion, or add recordings of this class.',
    );
  }
}

/**
 * Divides recordings by a rule.
 * @param recordings by class; inside a class in the order that the rule counts in.
 * @param portion share of each class that trains; default the rule's.
 * @throws SpikeBridgeError (data) naming the class of which nothing would train, or nothing would test.
 */
export function splitByRule<Item extends Labelled>(
  recordings: readonly Item[],
  classes: readonly string[],
  rule: SplitRule,
  portion = rule.trainPortion,
): Split<Item> {
  const train: Item[] = [];
  const test: Item[] = [];
  for (const [label, group] of groupByLabel(recordings, classes.length).entries()) {
    const parts = partsOfClass(group.length, rule, portion);
    const trained = group.filter((_, position) => parts[position] === 'train');
    const tested = group.filter((_, position) => parts[position] === 'test');
    requirePart(trained, classes[label]!, group.length, 'train on');
    requirePart(tested, classes[label]!, group.length, 'test on');
    train.push(...trained);
    test.push(...tested);
  }
  return { train, test };
}

/**
 * Keeps the first int(count * ratio) recordings of each class (methods.md 3.4, --traindata-ratio).
 * @param ratio in (0, 1].
 * @throws SpikeBridgeError (configuration) naming the class that would have none.
 */
export function keepFirstOfClass<Item extends Labelled>(
  recordings: readonly Item[],
  classes: readonly string[],
  ratio: number,
): Item[] {
  return groupByLabel(recordings, classes.length).flatMap((group, label) => {
    const kept = group.slice(0, Math.trunc(group.length * ratio));
    if (kept.length === 0 && group.length > 0) {
      throw new SpikeBridgeError(
        'configuration',
        `data.split.eventRatio ${ratio} leaves none of the ${group.length} training recordings of class ${classes[label]}`,
        'Set a larger data.split.eventRatio.',
      );
    }
    return kept;
  });
}

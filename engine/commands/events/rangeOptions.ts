import { type Command, InvalidArgumentError, Option } from 'commander';
import { SpikeBridgeError } from '../../errors';
import { eventPass } from '../../events/conversion/eventPass';
import { FILTERS, type FilterSettings, parseFilter } from '../../events/filters/filterSettings';
import { parseMicroseconds } from '../../events/microseconds';
import type { Recording } from '../../events/recording';
import { definitionText } from '../../events/settingsParameters';

/** A time as given: absolute, or from the first event. */
export interface GivenTime {
  readonly microseconds: number;
  readonly isRelative: boolean;
}

/** Which events of a recording are meant. */
export interface RangeArguments {
  readonly from?: GivenTime;
  readonly to?: GivenTime;
}

/** Which events are kept. */
export interface FilterArguments {
  readonly roi?: FilterSettings;
  readonly polarity?: 'on' | 'off';
  readonly filter?: readonly FilterSettings[];
}

function parseTime(text: string): GivenTime {
  const microseconds = parseMicroseconds(text);
  if (microseconds === undefined) {
    throw new InvalidArgumentError(
      'a time is needed: 1500000 (µs), 1.5s, 250ms; with + from the first event: +250ms.',
    );
  }
  return { microseconds, isRelative: text.trim().startsWith('+') };
}

/** Reads a time that is a length. */
export function parseLength(text: string): number {
  const microseconds = parseMicroseconds(text);
  if (microseconds === undefined || microseconds <= 0) {
    throw new InvalidArgumentError('a length of time is needed: 33333 (µs), 33ms, 0.5s.');
  }
  return microseconds;
}

function parseRoi(text: string): FilterSettings {
  const numbers = text.split(',').map(Number);
  const [x, y, width, height] = numbers;
  if (
    numbers.length !== 4 ||
    numbers.some((each) => !Number.isInteger(each) || each < 0) ||
    !width ||
    !height
  ) {
    throw new InvalidArgumentError('X,Y,WIDTH,HEIGHT in pixels is needed, for example 100,80,64,64.');
  }
  return { name: 'Crop', x: x!, y: y!, width, height };
}

function parseFilterArgument(text: string, before: readonly FilterSettings[] = []): FilterSettings[] {
  try {
    return [...before, parseFilter(text)];
  } catch (error) {
    if (error instanceof SpikeBridgeError) {
      throw new InvalidArgumentError(`${error.message}\n  ${error.nextStep}`);
    }
    throw error;
  }
}

/** Adds --from and --to. */
export function withRangeOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--from <time>',
        'first time, inclusive: µs, or with a unit; +TIME from the first event',
      ).argParser(parseTime),
    )
    .addOption(new Option('--to <time>', 'last time, exclusive').argParser(parseTime));
}

function filterHelp(): string {
  const filters = FILTERS.map((filter) => `  ${definitionText(filter)}`);
  return `
Filters, as NAME, NAME:VALUE (of the first parameter) or NAME:KEY=VALUE,…; times may carry a unit (us, ms, s):
${filters.join('\n')}`;
}

/** Adds --roi, --polarity and --filter. */
export function withFilterOptions(command: Command): Command {
  return command
    .addHelpText('after', filterHelp)
    .addOption(new Option('--roi <x,y,w,h>', 'keep a rectangle; coordinates stay').argParser(parseRoi))
    .addOption(new Option('--polarity <name>', 'keep one polarity').choices(['on', 'off']))
    .addOption(
      new Option(
        '--filter <name:params>',
        'apply a filter, in the order given: Denoise:5ms, RefractoryPeriod:1ms, DropPixel:1000 … (see below)',
      ).argParser(parseFilterArgument),
    );
}

/** The chain of filters: region, polarity, then the others in the order given. */
export function filtersOf({ roi, polarity, filter = [] }: FilterArguments): FilterSettings[] {
  return [
    ...(roi ? [roi] : []),
    ...(polarity ? [{ name: 'Polarity' as const, keep: polarity }] : []),
    ...filter,
  ];
}

async function firstTimestamp(recording: Recording): Promise<number> {
  const stated = recording.info.timeRange?.value.first;
  if (stated !== undefined) {
    return stated;
  }
  for await (const { t } of eventPass(recording)) {
    return t[0]!;
  }
  return 0;
}

/** The range in µs of the recording's clock. @throws SpikeBridgeError (usage) where it is empty. */
export async function rangeOf(
  recording: Recording,
  { from, to }: RangeArguments,
): Promise<{ from?: number; to?: number }> {
  const origin = from?.isRelative || to?.isRelative ? await firstTimestamp(recording) : 0;
  const absolute = (time: GivenTime) => time.microseconds + (time.isRelative ? origin : 0);
  const range = { from: from && absolute(from), to: to && absolute(to) };
  if (range.from !== undefined && range.to !== undefined && range.to <= range.from) {
    throw new SpikeBridgeError(
      'usage',
      `--to (${range.to} µs) is not behind --from (${range.from} µs)`,
      'Give a later --to; +TIME counts from the first event.',
    );
  }
  return range;
}

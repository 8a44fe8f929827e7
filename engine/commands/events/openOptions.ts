import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SensorSize } from '../../events/eventBatch';
import type { OpenOptions } from '../../events/recording';

/** What the command line says about a recording because the file does not. */
export interface OpenArguments {
  readonly size?: SensorSize;
  readonly stream?: string;
  readonly columns?: string;
  readonly timeUnit?: NonNullable<OpenOptions['timeUnit']>;
  readonly flipX?: boolean;
  readonly flipY?: boolean;
  readonly transpose?: boolean;
  readonly invertPolarity?: boolean;
}

/** Reads WIDTHxHEIGHT. */
export function parseSize(text: string): SensorSize {
  const [, width = 0, height = 0] = (/^(\d+)x(\d+)$/i.exec(text) ?? []).map(Number);
  if (width < 1 || height < 1 || width > 65_536 || height > 65_536) {
    throw new InvalidArgumentError('WIDTHxHEIGHT in pixels is needed, for example 346x260.');
  }
  return { width, height };
}

/** Adds the options that say how to open a recording. */
export function withOpenOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--size <WxH>',
        'size of the sensor, for files that do not tell it; replaces what a file says',
      ).argParser(parseSize),
    )
    .option('--stream <name>', 'stream of events to read; default: the first')
    .option(
      '--columns <roles>',
      'columns of text or arrays by role, for example txyp; default: found from the values',
    )
    .addOption(
      new Option('--time-unit <unit>', 'unit of timestamps, where the file does not tell').choices([
        's',
        'ms',
        'us',
        'ns',
      ]),
    )
    .option('--transpose', 'exchange x and y (before flips)')
    .option('--flip-x', 'mirror left and right')
    .option('--flip-y', 'mirror top and bottom')
    .option('--invert-polarity', 'exchange ON and OFF');
}

/** The part of a command's options that opens recordings. */
export function openOptionsOf(given: OpenArguments): OpenOptions {
  const { size, stream, columns, timeUnit, flipX, flipY, transpose, invertPolarity } = given;
  return {
    ...(size && { size }),
    ...(stream !== undefined && { stream }),
    ...(columns !== undefined && { columns }),
    ...(timeUnit && { timeUnit }),
    ...(flipX && { flipX }),
    ...(flipY && { flipY }),
    ...(transpose && { transpose }),
    ...(invertPolarity && { invertPolarity }),
  };
}

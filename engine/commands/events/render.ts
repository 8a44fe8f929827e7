import { type Command, InvalidArgumentError, Option } from 'commander';
import { measureSize } from '../../events/conversion/eventPass';
import type { SensorSize } from '../../events/eventBatch';
import { openRecordingFile } from '../../events/openRecordingFile';
import { PICTURE_COLORS, type PictureColorsName } from '../../events/rendering/pictureColors';
import { renderRecording } from '../../events/rendering/renderRecording';
import { requireOtherFile } from '../../events/writers/newFile';
import { Interrupt } from '../interrupt';
import { EXIT, type ExitCode, type Output } from '../output';
import { type OpenArguments, openOptionsOf, parseSize } from './openOptions';
import { progressLine } from './progressLine';
import { type FilterArguments, filtersOf, parseLength, type RangeArguments, rangeOf } from './rangeOptions';

/** Options of `spikebridge events render`. */
export interface RenderArguments extends OpenArguments, RangeArguments, FilterArguments {
  readonly window?: number;
  readonly colors: PictureColorsName;
  readonly fps: number;
  readonly speed: number;
  readonly saturation?: number;
  readonly picture?: SensorSize;
  readonly force?: boolean;
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) {
    throw new InvalidArgumentError('a number above 0 is needed.');
  }
  return value;
}

/** Adds the options of drawing. */
export function withRenderOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--window <time>',
        'time that one picture shows; default: the time to the next one, for .png the whole range',
      ).argParser(parseLength),
    )
    .addOption(
      new Option('--colors <name>', 'colour map').choices(Object.keys(PICTURE_COLORS)).default('dark'),
    )
    .addOption(new Option('--fps <number>', 'pictures per second').argParser(parsePositive).default(25))
    .addOption(
      new Option('--speed <factor>', '0.1 plays ten times slower').argParser(parsePositive).default(1),
    )
    .addOption(
      new Option('--saturation <events>', 'events of a pixel that give the full colour').argParser(
        parsePositive,
      ),
    )
    .addOption(new Option('--picture <WxH>', 'size of the pictures in pixels').argParser(parseSize))
    .option('--force', 'replace the output if it exists');
}

/** Draws a recording to .png, .gif or .mp4. Ctrl-C leaves nothing behind. */
export async function render(
  input: string,
  target: string,
  options: RenderArguments,
  output: Output,
): Promise<ExitCode> {
  const interrupt = new Interrupt(output, 'nothing is left behind');
  const report = progressLine(output);
  const watched = { signal: interrupt.signal, progress: (share: number) => report('drawing', share) };
  try {
    await requireOtherFile(input, target);
    const recording = await openRecordingFile(input, openOptionsOf(options));
    try {
      const range = await rangeOf(recording, options);
      const size = recording.info.size?.value ?? (await measureSize(recording, watched));
      const count = await renderRecording(recording, {
        ...range,
        ...watched,
        target,
        size,
        pictureSize: options.picture,
        filters: filtersOf(options),
        colors: PICTURE_COLORS[options.colors],
        framesPerSecond: options.fps,
        speed: options.speed,
        window: options.window,
        saturation: options.saturation,
        replace: options.force,
      });
      output.print(`${count === 1 ? '1 picture' : `${count} pictures`} in ${target}`);
      return EXIT.ok;
    } finally {
      await recording.close();
    }
  } finally {
    interrupt.dispose();
  }
}

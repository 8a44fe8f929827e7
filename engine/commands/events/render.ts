import { type Command, InvalidArgumentError, Option } from 'commander';
import { SpikeBridgeError } from '../../errors';
import { measureSize, type PassOptions } from '../../events/conversion/eventPass';
import type { SensorSize } from '../../events/eventBatch';
import type { Recording } from '../../events/recording';
import { PICTURE_COLORS, type PictureColorsName } from '../../events/rendering/pictureColors';
import { magnified } from '../../events/rendering/pictureSize';
import { isStill, type RenderSummary, renderRecording } from '../../events/rendering/renderRecording';
import { requireOtherFile } from '../../events/writers/newFile';
import { STANDARD_OUTPUT } from '../../events/writers/standardOutput';
import { Interrupt } from '../interrupt';
import { EXIT, type ExitCode, type Output } from '../output';
import { withRecording } from './openedRecording';
import { type OpenArguments, openOptionsOf, parseSize } from './openOptions';
import { requireFileToReplace } from './outputOptions';
import { progressLine } from './progressLine';
import { type FilterArguments, filtersOf, parseLength, type RangeArguments, rangeOf } from './rangeOptions';

/** Options of `spikebridge events render`. */
export interface RenderArguments extends OpenArguments, RangeArguments, FilterArguments {
  readonly window?: number;
  readonly colors: PictureColorsName;
  readonly fps?: number;
  readonly speed?: number;
  readonly saturation?: number;
  readonly picture?: SensorSize;
  readonly scale?: number;
  readonly frames?: boolean;
  readonly force?: boolean;
}

const DEFAULT_FPS = 25;

function parsePositive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) {
    throw new InvalidArgumentError('a number above 0 is needed.');
  }
  return value;
}

function parseFactor(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) {
    throw new InvalidArgumentError('a whole number from 1 to 99 is needed.');
  }
  return Number(text);
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
    .addOption(
      new Option(
        '--fps <number>',
        `pictures per second of a .gif or .mp4; default: ${DEFAULT_FPS}`,
      ).argParser(parsePositive),
    )
    .addOption(
      new Option('--speed <factor>', '0.1 plays a .gif or .mp4 ten times slower; default: 1').argParser(
        parsePositive,
      ),
    )
    .addOption(
      new Option(
        '--saturation <events>',
        'events of a pixel that give the full colour; default: as many as few pixels have',
      ).argParser(parsePositive),
    )
    .addOption(new Option('--picture <WxH>', 'size of the pictures in pixels').argParser(parseSize))
    .addOption(
      new Option(
        '--scale <factor>',
        'whole number that the sensor is magnified by; default: small sensors so that their shorter side has 256 pixels',
      )
        .argParser(parseFactor)
        .conflicts('picture'),
    )
    .option('--frames', 'put the camera frames of the recording under its events; default: events alone')
    .option('--force', 'replace the output if it exists');
}

/** @throws SpikeBridgeError (usage) for options of films where one picture is drawn. */
function requireFittingOptions(target: string, { fps, speed, force }: RenderArguments): void {
  requireFileToReplace(target, force);
  const idle = [...(fps === undefined ? [] : ['--fps']), ...(speed === undefined ? [] : ['--speed'])];
  if (isStill(target) && idle.length > 0) {
    throw new SpikeBridgeError(
      'usage',
      `${idle.join(' and ')} ${idle.length > 1 ? 'do' : 'does'} not apply: a PNG is one picture`,
      'Leave that out, or name a .gif or .mp4; --from, --to and --window say what a picture shows.',
      { file: target },
    );
  }
}

/**
 * The size to draw on: that of the sensor, else the smallest that holds all events.
 * @throws SpikeBridgeError (usage) where neither the file nor an event tells one.
 */
async function sizeToDraw(recording: Recording, input: string, watched: PassOptions): Promise<SensorSize> {
  const size = recording.info.size?.value ?? (await measureSize(recording, watched));
  if (!size) {
    throw new SpikeBridgeError(
      'usage',
      'the recording holds no events and does not tell the size of its sensor',
      'Give the size (--size WIDTHxHEIGHT) to draw an empty picture.',
      { file: input },
    );
  }
  return size;
}

function printSummary(target: string, { pictures, events }: RenderSummary, output: Output): void {
  if (events === 0) {
    output.note(
      'warning: 0 events were drawn: choose another range (`spikebridge events info` prints the first and last timestamp), or loosen the filters',
    );
  }
  const drawn = `${pictures === 1 ? '1 picture' : `${pictures} pictures`} of ${events} events`;
  const isStandard = target === STANDARD_OUTPUT;
  const print = isStandard ? output.note : output.print;
  print(`${drawn} in ${isStandard ? 'standard output' : target}`);
}

/** Draws a recording to .png, .gif or .mp4. Ctrl-C leaves nothing behind. */
export async function render(
  input: string,
  target: string,
  options: RenderArguments,
  output: Output,
): Promise<ExitCode> {
  requireFittingOptions(target, options);
  const interrupt = new Interrupt(output, 'nothing is left behind');
  const report = progressLine(output);
  const watched = { signal: interrupt.signal, progress: (share: number) => report('drawing', share) };
  try {
    await requireOtherFile(input, target);
    const watch = { signal: interrupt.signal, output };
    return await withRecording(input, openOptionsOf(options), watch, async (recording) => {
      const range = await rangeOf(recording, options);
      const size = await sizeToDraw(recording, input, watched);
      const summary = await renderRecording(recording, {
        ...range,
        ...watched,
        target,
        size,
        pictureSize: options.picture ?? magnified(size, options.scale),
        frames: options.frames,
        filters: filtersOf(options),
        colors: PICTURE_COLORS[options.colors],
        framesPerSecond: options.fps ?? DEFAULT_FPS,
        speed: options.speed ?? 1,
        window: options.window,
        saturation: options.saturation,
        replace: options.force,
      });
      printSummary(target, summary, output);
      return EXIT.ok;
    });
  } finally {
    interrupt.dispose();
  }
}

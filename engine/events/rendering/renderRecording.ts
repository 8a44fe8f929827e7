import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import { eventPass, type PassOptions } from '../conversion/eventPass';
import type { EventBatch, SensorSize } from '../eventBatch';
import { type FilterChain, filterChain } from '../filters/filterChain';
import type { FilterSettingsInput } from '../filters/filterSettings';
import type { Recording } from '../recording';
import { throwIfAborted } from '../throwIfAborted';
import { beginFile, type NewFile } from '../writers/newFile';
import { STANDARD_OUTPUT } from '../writers/standardOutput';
import { balancedSaturation, PictureCounts, paintCounts } from './picture';
import type { PictureColors } from './pictureColors';
import { gifFile, mp4File, type PictureFile, type PictureFileOptions, pngFile } from './pictureFile';
import { pictureSequence } from './pictureSequence';

/** What is drawn, and how. */
export interface RenderOptions extends PassOptions {
  /** Its suffix chooses: .png (one picture), .gif, .mp4 (needs ffmpeg). STANDARD_OUTPUT takes a PNG. */
  readonly target: string;
  readonly size: SensorSize;
  /** Size of the pictures in the file; default: that of the sensor. */
  readonly pictureSize?: SensorSize;
  /** Applied in order. */
  readonly filters?: readonly FilterSettingsInput[];
  readonly colors: PictureColors;
  readonly framesPerSecond: number;
  /** Recording time over playing time. */
  readonly speed: number;
  /** What one picture shows, in µs; default: the time between two pictures, and for .png the whole range. */
  readonly window?: number;
  /** Events of full colour; default: 3, and for .png as many as 5 % of the pixels have. */
  readonly saturation?: number;
  readonly replace?: boolean;
}

/** What was drawn. */
export interface RenderSummary {
  readonly pictures: number;
  /** Events of the range that filters kept; for one picture, those in its window. */
  readonly events: number;
}

const SATURATION = 3;
const MICROSECONDS_PER_SECOND = 1e6;

type OpenPictureFile = (file: NewFile, options: PictureFileOptions) => Promise<PictureFile>;
const MOVING: Readonly<Record<string, OpenPictureFile>> = { '.gif': gifFile, '.mp4': mp4File };

/** Whether a target takes one picture, not a film. */
export function isStill(target: string): boolean {
  return target === STANDARD_OUTPUT || path.extname(target).toLowerCase() === '.png';
}

function opener(target: string): OpenPictureFile {
  const found = isStill(target) ? pngFile : MOVING[path.extname(target).toLowerCase()];
  if (!found) {
    throw new SpikeBridgeError(
      'usage',
      `the suffix "${path.extname(target)}" names no kind of picture`,
      'Choose .png, .gif or .mp4 (or - for a PNG to standard output).',
      { file: target },
    );
  }
  return found;
}

/** Counts and colours of a sensor take 11 bytes per pixel; one damaged event can make a sensor of unknown size huge. */
const MOST_SENSOR_PIXELS = 2 ** 26;
const MOST_PICTURE_PIXELS = 2 ** 28;

/** @throws SpikeBridgeError (usage) for pictures that would take too much memory or time. */
function requirePaintable({ size, pictureSize = size, target }: RenderOptions): void {
  const refuse = (what: string, { width, height }: SensorSize, nextStep: string) =>
    new SpikeBridgeError('usage', `${what} of ${width} x ${height} pixels is too large to draw`, nextStep, {
      file: target,
    });
  if (size.width * size.height > MOST_SENSOR_PIXELS) {
    throw refuse('a sensor', size, 'Give its true size (--size); events outside are left out.');
  }
  if (pictureSize.width * pictureSize.height > MOST_PICTURE_PIXELS) {
    throw refuse('a picture', pictureSize, 'Draw a smaller one (--picture).');
  }
}

async function* filtered(recording: Recording, chain: FilterChain, options: PassOptions) {
  for await (const events of eventPass(recording, options)) {
    yield chain.apply(events);
  }
}

/** Draws the range, or its first window, as one picture. */
async function addStill(
  pictures: PictureFile,
  events: AsyncIterable<EventBatch>,
  options: RenderOptions,
): Promise<RenderSummary> {
  const counts = new PictureCounts(options.size);
  let end = Number.NaN;
  for await (const batch of events) {
    if (batch.t.length > 0) {
      end = Number.isNaN(end)
        ? (options.from ?? batch.t[0]!) + (options.window ?? Number.POSITIVE_INFINITY)
        : end;
      counts.add(batch, Number.NEGATIVE_INFINITY, end);
      if (batch.t[0]! >= end) {
        break;
      }
    }
  }
  await pictures.add(paintCounts(counts, options.colors, options.saturation ?? balancedSaturation(counts)));
  return { pictures: 1, events: counts.total() };
}

async function addMoving(
  pictures: PictureFile,
  events: AsyncIterable<EventBatch>,
  options: RenderOptions,
): Promise<RenderSummary> {
  const step = (MICROSECONDS_PER_SECOND / options.framesPerSecond) * options.speed;
  const { size, colors, window = step, saturation = SATURATION } = options;
  let count = 0;
  let drawn = 0;
  async function* counted() {
    for await (const batch of events) {
      drawn += batch.t.length;
      yield batch;
    }
  }
  for await (const { rgb } of pictureSequence(counted(), { size, window, step, colors, saturation })) {
    throwIfAborted(options.signal);
    await pictures.add(rgb);
    count++;
  }
  return { pictures: count, events: drawn };
}

async function drawInto(file: NewFile, recording: Recording, options: RenderOptions): Promise<RenderSummary> {
  const open = opener(options.target);
  const { from, to, progress, signal, size, pictureSize = size, framesPerSecond } = options;
  const chain = filterChain(options.filters ?? []);
  await chain.survey(() => eventPass(recording, { from, to, signal }));
  const pictures = await open(file, { source: size, target: pictureSize, framesPerSecond });
  try {
    const events = filtered(recording, chain, { from, to, progress, signal });
    const add = isStill(options.target) ? addStill : addMoving;
    const summary = await add(pictures, events, options);
    if (summary.pictures === 0) {
      throw new SpikeBridgeError(
        'data',
        'there are no events to draw',
        'Choose another range (`spikebridge events info` prints the first and last timestamp), or loosen the filters.',
        { file: file.target },
      );
    }
    await pictures.finish();
    return summary;
  } finally {
    pictures.dispose();
  }
}

/**
 * Draws a recording to a picture, GIF or film, which appears under its name when it is complete.
 * @throws SpikeBridgeError (usage) for another suffix, too large a picture or an existing target; (data) where there is nothing to draw or
 *   the encoder is missing; (cancelled), with nothing left behind.
 */
export async function renderRecording(recording: Recording, options: RenderOptions): Promise<RenderSummary> {
  opener(options.target);
  requirePaintable(options);
  const file = await beginFile(options.target, { replace: options.replace });
  try {
    const summary = await drawInto(file, recording, options);
    throwIfAborted(options.signal);
    await file.commit();
    return summary;
  } catch (error) {
    await file.discard();
    throw error;
  }
}

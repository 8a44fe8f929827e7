import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import { eventPass, type PassOptions } from '../conversion/eventPass';
import type { EventBatch, SensorSize } from '../eventBatch';
import { type FilterChain, filterChain } from '../filters/filterChain';
import type { FilterSettingsInput } from '../filters/filterSettings';
import type { Recording } from '../recording';
import { throwIfAborted } from '../throwIfAborted';
import type { Track } from '../tracks';
import { beginFile, type NewFile } from '../writers/newFile';
import { STANDARD_OUTPUT } from '../writers/standardOutput';
import { CameraFrames, lastFrame } from './cameraFrames';
import { knownRange, picturesBetween, requireFilmLength } from './filmLength';
import { gifFile } from './gifFile';
import { PictureCounts } from './picture';
import type { PictureColors } from './pictureColors';
import { mp4File, type PictureFile, type PictureFileOptions, pngFile } from './pictureFile';
import { PicturePainter } from './picturePainter';
import { pictureSequence } from './pictureSequence';
import { magnified } from './pictureSize';

/** What is drawn, and how. */
export interface RenderOptions extends PassOptions {
  /** Its suffix chooses: .png (one picture), .gif, .mp4 (needs ffmpeg). STANDARD_OUTPUT takes a PNG. */
  readonly target: string;
  readonly size: SensorSize;
  /** Size of the pictures in the file; default: that of the sensor, magnified by a whole factor where it is small. */
  readonly pictureSize?: SensorSize;
  /** Applied in order. */
  readonly filters?: readonly FilterSettingsInput[];
  readonly colors: PictureColors;
  readonly framesPerSecond: number;
  /** Recording time over playing time. */
  readonly speed: number;
  /** What one picture shows, in µs; default: the time between two pictures, and for .png the whole range. */
  readonly window?: number;
  /** Events of full colour; default: as many as 8 % of the pixels with events have, for films followed slowly. */
  readonly saturation?: number;
  /** Puts the frames of the first camera track under the events. */
  readonly frames?: boolean;
  /** How much of a frame shows, in [0, 1]; the rest is the background. Default: 1. */
  readonly frameStrength?: number;
  readonly replace?: boolean;
}

/** What was drawn. */
export interface RenderSummary {
  readonly pictures: number;
  /** Events of the range that filters kept; for one picture, those in its window. */
  readonly events: number;
}

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
function requirePaintable({ size, pictureSize = magnified(size), target }: RenderOptions): void {
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

/** The track whose frames are put under the events. @throws SpikeBridgeError (usage) where the recording has none. */
function frameTrack(recording: Recording, { frames, target }: RenderOptions): Track | undefined {
  const track = frames ? recording.tracks.find(({ kind }) => kind === 'frame') : undefined;
  if (frames && !track) {
    throw new SpikeBridgeError(
      'usage',
      'the recording has no camera frames to put under its events',
      'Draw it without them; `spikebridge events info` lists what a recording holds.',
      { file: target },
    );
  }
  return track;
}

/** Draws the range, or its first window, as one picture. */
async function addStill(
  pictures: PictureFile,
  events: AsyncIterable<EventBatch>,
  options: RenderOptions,
  track: Track | undefined,
): Promise<RenderSummary> {
  const counts = new PictureCounts(options.size);
  let end = Number.NaN;
  let latest = Number.NEGATIVE_INFINITY;
  for await (const { t, ...batch } of events) {
    if (t.length > 0) {
      end = Number.isNaN(end) ? (options.from ?? t[0]!) + (options.window ?? Number.POSITIVE_INFINITY) : end;
      counts.add({ t, ...batch }, Number.NEGATIVE_INFINITY, end);
      latest = t.reduce((most, time) => Math.max(most, time), latest);
      if (t[0]! >= end) {
        break;
      }
    }
  }
  const frame = await lastFrame(track, Math.min(end, latest + 1), options.signal);
  await pictures.add(new PicturePainter(options).paint(counts, frame));
  return { pictures: 1, events: counts.total() };
}

/** Recording time from one picture of a film to the next, and what one shows, in µs. */
function stepsOf({ framesPerSecond, speed, window }: RenderOptions) {
  const step = (MICROSECONDS_PER_SECOND / framesPerSecond) * speed;
  return { step, window: window ?? step };
}

/** @throws SpikeBridgeError (usage) where the times that the recording tells make too many pictures. */
function requireShort({ info }: Recording, options: RenderOptions): void {
  const range = isStill(options.target) ? undefined : knownRange(info, options);
  if (range) {
    requireFilmLength(options.target, picturesBetween(range.first, range.latest, stepsOf(options)));
  }
}

async function addMoving(
  pictures: PictureFile,
  events: AsyncIterable<EventBatch>,
  options: RenderOptions,
  track: Track | undefined,
): Promise<RenderSummary> {
  const { size, signal, target } = options;
  const steps = stepsOf(options);
  const frames = track && new CameraFrames(track);
  const painter = new PicturePainter(options);
  let count = 0;
  let drawn = 0;
  let first = Number.NaN;
  async function* counted() {
    for await (const batch of events) {
      drawn += batch.t.length;
      first = Number.isNaN(first) ? (batch.t[0] ?? first) : first;
      const latest = batch.t.reduce((most, time) => Math.max(most, time), first);
      requireFilmLength(target, picturesBetween(first, latest, steps));
      yield batch;
    }
  }
  try {
    for await (const { counts, to } of pictureSequence(counted(), { size, ...steps })) {
      throwIfAborted(signal);
      await pictures.add(painter.paint(counts, await frames?.before(to)));
      count++;
    }
  } finally {
    await frames?.close();
  }
  return { pictures: count, events: drawn };
}

async function drawInto(file: NewFile, recording: Recording, options: RenderOptions): Promise<RenderSummary> {
  const open = opener(options.target);
  const { from, to, progress, signal, size, pictureSize = magnified(size), framesPerSecond } = options;
  const track = frameTrack(recording, options);
  const chain = filterChain(options.filters ?? []);
  await chain.survey(() => eventPass(recording, { from, to, signal }));
  const pictures = await open(file, { source: size, target: pictureSize, framesPerSecond });
  try {
    const events = filtered(recording, chain, { from, to, progress, signal });
    const add = isStill(options.target) ? addStill : addMoving;
    const summary = await add(pictures, events, options, track);
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
  requireShort(recording, options);
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

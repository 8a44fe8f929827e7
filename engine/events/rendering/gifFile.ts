import { SpikeBridgeError } from '../../errors';
import type { NewFile } from '../writers/newFile';
import { gifHead, gifPicture, gifTrailer } from './gifBlocks';
import { loadSharp, type PictureFile, type PictureFileOptions } from './pictureFile';

/** Of one picture, which the encoder takes as a whole. */
const MOST_PICTURE_BYTES = 2 ** 29;
const LARGEST_SIDE = 65_535;
/** Nothing plays larger files. */
const MOST_FILE_BYTES = 2 ** 30;
/** Delays are stored in hundredths of a second, and players slow shorter ones than two down. */
const MOST_GIF_FPS = 50;
const LONGEST_DELAY = 6553;

/** @throws SpikeBridgeError (usage) for more or fewer pictures a second than a GIF can show. */
function requireGifRate(framesPerSecond: number, file: string): void {
  const refuse = (what: string, nextStep: string) => new SpikeBridgeError('usage', what, nextStep, { file });
  if (framesPerSecond > MOST_GIF_FPS) {
    throw refuse(
      `a GIF cannot show ${framesPerSecond} pictures a second: ${MOST_GIF_FPS} are the most`,
      `Draw fewer (--fps ${MOST_GIF_FPS}; --window sets what each shows), or write .mp4.`,
    );
  }
  if (100 / framesPerSecond > LONGEST_DELAY) {
    throw refuse(
      `a picture of a GIF cannot stand for ${1 / framesPerSecond} s: ${LONGEST_DELAY / 100} s are the most`,
      'Draw more pictures a second (--fps), and let time run faster (--speed) to draw fewer.',
    );
  }
}

/** @throws SpikeBridgeError (usage) for pictures larger than the format or the memory. */
function requireGifSize({ target: { width, height } }: PictureFileOptions, file: string): void {
  if (width * height * 3 > MOST_PICTURE_BYTES || Math.max(width, height) > LARGEST_SIDE) {
    throw new SpikeBridgeError(
      'usage',
      `a GIF of pictures of ${width} x ${height} is too large`,
      'Draw smaller ones (--picture, --scale), or write .mp4.',
      { file },
    );
  }
}

function tooLong(pictures: number, file: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    `the GIF grows beyond 1 GiB after ${pictures} pictures`,
    'Draw a shorter range, fewer or smaller pictures (--from, --to, --fps, --speed, --scale), or write .mp4.',
    { file },
  );
}

/**
 * Moving pictures that repeat for ever, each with colours of its own. They are written as they come, so that a film of
 * any length takes the memory of one picture.
 * @throws SpikeBridgeError (usage) for a rate or size that GIFs cannot have; (data) for one that becomes too long.
 */
export async function gifFile(file: NewFile, options: PictureFileOptions): Promise<PictureFile> {
  const { source, target, framesPerSecond } = options;
  requireGifRate(framesPerSecond, file.target);
  requireGifSize(options, file.target);
  const sharp = await loadSharp();
  const sink = await file.sink();
  await sink.append(gifHead(target));
  /** Whole hundredths of a second that never stray from the clock by more than half. */
  const at = (picture: number) => Math.round((picture * 100) / framesPerSecond);
  let pictures = 0;
  return {
    async add(rgb) {
      if (sink.size > MOST_FILE_BYTES) {
        throw tooLong(pictures, file.target);
      }
      const image = sharp(rgb, { raw: { ...source, channels: 3 } });
      const resized = image.resize({ ...target, kernel: 'nearest', fit: 'fill' });
      const still = await resized.gif({ dither: 0, effort: 3 }).toBuffer();
      await sink.append(gifPicture(still, target, at(pictures + 1) - at(pictures)));
      pictures++;
    },
    async finish() {
      await sink.append(gifTrailer());
    },
    dispose() {},
  };
}

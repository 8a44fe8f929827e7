import { readFile } from 'node:fs/promises';
import type { Sharp, SharpOptions } from 'sharp';
import { SpikeBridgeError } from '../errors';
import type { PixelImage } from './pixelImage';

/** Endings of the files that {@link decodeImage} reads. */
export const IMAGE_ENDINGS = ['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.gif', '.avif'] as const;

/** Endings of images that nothing here decodes: such files are left out of folders, with a warning. */
export const UNREAD_IMAGE_ENDINGS = ['.bmp', '.heic', '.jp2', '.pbm', '.pgm', '.ppm', '.tga'] as const;

/** As Pillow reads: stored numbers, no colour management; a warning does not stop, missing data does. */
const OPTIONS: SharpOptions = { ignoreIcc: true, failOn: 'error' };

type Library = (bytes: Buffer, options: SharpOptions) => Sharp;

let library: Promise<Library> | undefined;

/** The image library; one thread per image, because many images are decoded at a time. */
async function loadLibrary(): Promise<Library> {
  const { default: sharp } = await import('sharp').catch((cause: Error) => {
    throw new SpikeBridgeError(
      'data',
      `the image library cannot be loaded (${cause.message})`,
      'Install SpikeBridge again: sharp.js belongs beside the engine (or run npm install in the repository).',
      {},
      { cause },
    );
  });
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

const REPLACE = 'Replace the file with a fresh copy of the data set, or remove it, then start the run again.';

function imageError(file: string, message: string, cause: unknown, nextStep = REPLACE): SpikeBridgeError {
  return new SpikeBridgeError('data', message, nextStep, { file }, { cause });
}

/** Whatever its name says, a bitmap of Windows begins with these letters. */
function isBitmap(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 2) === 'BM';
}

/** Ink to light as Pillow does it: what black leaves, less each ink's share of that. */
function rgbOfCmyk(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let pixel = 0; pixel < cmyk.length / 4; pixel++) {
    const light = 255 - cmyk[4 * pixel + 3]!;
    for (let ink = 0; ink < 3; ink++) {
      const product = cmyk[4 * pixel + ink]! * light + 128;
      rgb[3 * pixel + ink] = Math.max(0, light - ((product + (product >> 8)) >> 8));
    }
  }
  return rgb;
}

async function decode(open: Library, bytes: Buffer): Promise<PixelImage> {
  const image = open(bytes, OPTIONS);
  const { space, channels: stored } = await image.metadata();
  const isCmyk = space === 'cmyk';
  const wanted = isCmyk ? 'cmyk' : stored < 3 ? 'b-w' : 'srgb';
  const { data, info } = await image
    .removeAlpha()
    .pipelineColourspace(wanted)
    .toColourspace(wanted)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = isCmyk ? rgbOfCmyk(data) : data;
  return { width: info.width, height: info.height, channels: info.channels === 1 ? 1 : 3, pixels };
}

/**
 * Decodes an image to the numbers Pillow gives: 8 bits, without alpha, not turned by its EXIF orientation, colour
 * profiles ignored. Grey images keep one channel.
 * @throws SpikeBridgeError (data) naming the file where it cannot be read or decoded; without a file where the image
 *   library is missing.
 */
export async function decodeImage(file: string): Promise<PixelImage> {
  library ??= loadLibrary();
  const open = await library;
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw imageError(file, `the image cannot be read (${cause.code})`, cause);
  });
  return decode(open, bytes).catch((cause: Error) => {
    if (isBitmap(bytes)) {
      const convert = 'Convert it to PNG or JPEG, or remove it, then start the run again.';
      throw imageError(file, 'this is a BMP image, which cannot be read', cause, convert);
    }
    throw imageError(file, `the image is damaged or of no known format (${cause.message})`, cause);
  });
}

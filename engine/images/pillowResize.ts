import type { PixelImage } from './pixelImage';
import { type AxisTaps, triangleTaps } from './triangleTaps';

/** Fraction bits of a weight: sums of 8-bit values fit 32 bits with two to spare. */
const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);

/** Taps with weights in units of 2^-{@link PRECISION_BITS}. */
interface FixedTaps extends Omit<AxisTaps, 'weights'> {
  readonly weights: Int32Array;
}

function fixedTaps(input: number, output: number): FixedTaps {
  const taps = triangleTaps(input, output);
  const weights = Int32Array.from(taps.weights, (weight) => Math.trunc(0.5 + weight * 2 ** PRECISION_BITS));
  return { ...taps, weights };
}

/** Sum of weights times values as 8 bits. */
function toByte(sum: number): number {
  return Math.min(255, sum >> PRECISION_BITS);
}

/** Grey rows: [rows, inputWidth] to [rows, outputWidth]. */
function resizeGreyColumns({ width, height, pixels }: PixelImage, taps: FixedTaps, target: Uint8Array): void {
  const { first, count, weights, stride } = taps;
  let position = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < first.length; column++) {
      const start = row * width + first[column]!;
      const end = start + count[column]!;
      let weight = column * stride;
      let sum = HALF;
      for (let source = start; source < end; source++) {
        sum += pixels[source]! * weights[weight++]!;
      }
      target[position++] = toByte(sum);
    }
  }
}

/** Colour rows: [rows, inputWidth, 3] to [rows, outputWidth, 3]. Most of the time of a load goes here. */
function resizeColourColumns(
  { width, height, pixels }: PixelImage,
  taps: FixedTaps,
  target: Uint8Array,
): void {
  const { first, count, weights, stride } = taps;
  let position = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < first.length; column++) {
      const start = 3 * (row * width + first[column]!);
      const end = start + 3 * count[column]!;
      let weight = column * stride;
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (let source = start; source < end; source += 3) {
        const share = weights[weight++]!;
        red += pixels[source]! * share;
        green += pixels[source + 1]! * share;
        blue += pixels[source + 2]! * share;
      }
      target[position++] = toByte(red);
      target[position++] = toByte(green);
      target[position++] = toByte(blue);
    }
  }
}

/** [inputHeight, rowLength] to [outputHeight, rowLength]. */
function resizeRows(source: Uint8Array, rowLength: number, taps: FixedTaps, target: Uint8Array): void {
  const { first, count, weights, stride } = taps;
  const sums = new Int32Array(rowLength);
  for (let row = 0; row < first.length; row++) {
    sums.fill(HALF);
    for (let tap = 0; tap < count[row]!; tap++) {
      const start = (first[row]! + tap) * rowLength;
      const weight = weights[row * stride + tap]!;
      for (let column = 0; column < rowLength; column++) {
        sums[column]! += source[start + column]! * weight;
      }
    }
    for (let column = 0; column < rowLength; column++) {
      target[row * rowLength + column] = toByte(sums[column]!);
    }
  }
}

/**
 * Prepares resizes of images of one shape to a square as Pillow's `resize((size, size), BILINEAR)` does it, bit for bit
 * (methods.md 3.3): antialiased, columns first, rounded to 8 bits after each axis. The aspect ratio is not kept.
 * Pillow 13 takes the rows first where an image is tall; the versions of the authors' time, up to 12, never do.
 * @param shape of every image, in pixels.
 * @param size S in pixels, at least 1.
 * @returns a function from [height, width, channels] to [S, S, channels] in fresh memory.
 */
export function pillowResizer(
  { width, height, channels }: Omit<PixelImage, 'pixels'>,
  size: number,
): (pixels: Uint8Array) => Uint8Array<ArrayBuffer> {
  const rowLength = size * channels;
  const columns = fixedTaps(width, size);
  const rows = fixedTaps(height, size);
  const narrow = new Uint8Array(height * rowLength);
  const resizeColumns = channels === 3 ? resizeColourColumns : resizeGreyColumns;
  return (pixels) => {
    if (width === size && height === size) {
      return Uint8Array.from(pixels);
    }
    const resized = new Uint8Array(size * rowLength);
    resizeColumns({ width, height, channels, pixels }, columns, narrow);
    resizeRows(narrow, rowLength, rows, resized);
    return resized;
  };
}

/** Resizes one image as {@link pillowResizer} does. @returns [S, S, channels]. */
export function pillowResize(image: PixelImage, size: number): Uint8Array<ArrayBuffer> {
  return pillowResizer(image, size)(image.pixels);
}

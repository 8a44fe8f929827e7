import { asColour, channelOf, greyOf, type StaticChannel } from '../../images/channel';
import { decodeImage } from '../../images/decodeImage';
import { pillowResize } from '../../images/pillowResize';
import type { PixelImage } from '../../images/pixelImage';
import { tensorResize } from '../../images/tensorResize';

/**
 * How an image becomes values of one size (methods.md 3.3); equal rules give equal values.
 * - colour: Pillow's resize on 8-bit RGB, [S, S, 3] bytes.
 * - grey: the same on 8-bit grey, [S, S] bytes.
 * - plane: one channel at full size, / 255, then tensor resize, [S, S] floats.
 */
export type ImageRule =
  | { readonly kind: 'colour'; readonly size: number }
  | { readonly kind: 'grey'; readonly size: number }
  | {
      readonly kind: 'plane';
      readonly size: number;
      readonly channel: StaticChannel;
      readonly antialias: boolean;
    };

/** Values of one image under a rule. */
export type ImageValues = Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** Number of values of one image. */
export function valuesPerImage({ kind, size }: ImageRule): number {
  return size * size * (kind === 'colour' ? 3 : 1);
}

/** Room for the values of `count` images. */
export function allocateValues(rule: ImageRule, count: number): ImageValues {
  const length = count * valuesPerImage(rule);
  return rule.kind === 'plane' ? new Float32Array(length) : new Uint8Array(length);
}

/** The values of a decoded image. */
export function applyRule(image: PixelImage, rule: ImageRule): ImageValues {
  if (rule.kind === 'grey') {
    return pillowResize(greyOf(image), rule.size);
  }
  if (rule.kind === 'colour') {
    return asColour(pillowResize(image, rule.size), image.channels);
  }
  const { width, height } = image;
  const values = Float32Array.from(channelOf(image, rule.channel), (value) => value / 255);
  return tensorResize({ width, height, values }, rule.size, rule.antialias);
}

/**
 * Decodes a file and applies a rule.
 * @throws SpikeBridgeError (data) naming the file.
 */
export async function imageValues(file: string, rule: ImageRule): Promise<ImageValues> {
  return applyRule(await decodeImage(file), rule);
}

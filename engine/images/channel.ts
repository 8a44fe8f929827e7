import type { PixelImage } from './pixelImage';

/** What of a colour becomes the network's one plane (methods.md 3.3). */
export const STATIC_CHANNELS = ['value', 'blue'] as const;
/** `value`: V of HSV, the largest of red, green and blue; `blue`: the last channel of RGB. */
export type StaticChannel = (typeof STATIC_CHANNELS)[number];

/** One channel of the RGB pixel at `position`, 0 to 255; V is what OpenCV's 8-bit HSV gives. */
export function channelAt(rgb: Uint8Array, position: number, channel: StaticChannel): number {
  const blue = rgb[position + 2]!;
  return channel === 'blue' ? blue : Math.max(rgb[position]!, rgb[position + 1]!, blue);
}

/** One channel of an image, [height, width]; a grey image is its own. */
export function channelOf({ channels, pixels }: PixelImage, channel: StaticChannel): Uint8Array {
  if (channels === 1) {
    return pixels;
  }
  const plane = new Uint8Array(pixels.length / 3);
  for (let pixel = 0; pixel < plane.length; pixel++) {
    plane[pixel] = channelAt(pixels, 3 * pixel, channel);
  }
  return plane;
}

/** An image in grey, by the weights of Pillow's mode L (ITU-R 601-2 luma in 16-bit fixed point). */
export function greyOf(image: PixelImage): PixelImage {
  const { channels, pixels } = image;
  if (channels === 1) {
    return image;
  }
  const grey = new Uint8Array(pixels.length / 3);
  for (let pixel = 0; pixel < grey.length; pixel++) {
    const [red, green, blue] = [pixels[3 * pixel]!, pixels[3 * pixel + 1]!, pixels[3 * pixel + 2]!];
    grey[pixel] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
  }
  return { ...image, channels: 1, pixels: grey };
}

/** Values of [pixels, 1 or 3] as [pixels, 3]: a grey image has three equal channels. */
export function asColour(values: Uint8Array<ArrayBuffer>, channels: 1 | 3): Uint8Array<ArrayBuffer> {
  if (channels === 3) {
    return values;
  }
  const colour = new Uint8Array(values.length * 3);
  for (let pixel = 0; pixel < values.length; pixel++) {
    colour.fill(values[pixel]!, 3 * pixel, 3 * pixel + 3);
  }
  return colour;
}

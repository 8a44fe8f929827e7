import { channelAt } from '../../images/channel';
import { pillowResizer } from '../../images/pillowResize';
import type { PlaneSource, PlaneWriter } from '../planeSource';

/** Height and width of CIFAR-10's images in pixels. */
export const CIFAR10_EDGE = 32;
const PIXELS = CIFAR10_EDGE * CIFAR10_EDGE;
/** Values of one image. */
export const CIFAR10_VALUES = 3 * PIXELS;

/** [3, 32, 32] as an image of [32, 32, 3]. */
function interleave(planes: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(CIFAR10_VALUES);
  for (let pixel = 0; pixel < PIXELS; pixel++) {
    pixels[3 * pixel] = planes[pixel]!;
    pixels[3 * pixel + 1] = planes[PIXELS + pixel]!;
    pixels[3 * pixel + 2] = planes[2 * PIXELS + pixel]!;
  }
  return pixels;
}

/** Images of CIFAR-10 at one size, [size, size, 3]. @param images [count, 3, 32, 32]. */
export function resizedImages(images: Uint8Array, size: number): (image: number) => Uint8Array {
  const resize = pillowResizer({ width: CIFAR10_EDGE, height: CIFAR10_EDGE, channels: 3 }, size);
  return (image) => resize(interleave(images.subarray(image * CIFAR10_VALUES, (image + 1) * CIFAR10_VALUES)));
}

/** Planes of CIFAR-10: a channel of the resized image in [0, 1] (methods.md 3.3). @param size S in pixels. */
export function cifar10Planes(
  { images, channel }: Extract<PlaneSource, { kind: 'cifar10' }>,
  size: number,
): PlaneWriter {
  const pixelsOf = resizedImages(images, size);
  return (image, target, offset) => {
    const pixels = pixelsOf(image);
    for (let pixel = 0; pixel < size * size; pixel++) {
      target[offset + pixel] = channelAt(pixels, 3 * pixel, channel) / 255;
    }
  };
}

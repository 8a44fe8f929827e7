import { bilinearResize } from '../events/bilinearResize';
import type { PlaneSource, PlaneWriter } from './planeSource';

/** Mean and standard deviation of MNIST's pixels, scaled to [0, 1] (methods.md 3.3). */
const MNIST_MEAN = 0.1307;
const MNIST_DEVIATION = 0.3081;

/** Planes of MNIST: resized, then normalised (methods.md 3.3). @param size S in pixels. */
export function mnistPlanes(
  { width, height, pixels }: Extract<PlaneSource, { kind: 'mnist' }>,
  size: number,
): PlaneWriter {
  const sizes = { input: { width, height }, output: { width: size, height: size }, channels: 1 };
  const resize = bilinearResize(sizes, 'half-pixel');
  const pixelsPerImage = width * height;
  return (image, target, offset) => {
    resize.apply(pixels, image * pixelsPerImage, target, offset);
    for (let pixel = offset; pixel < offset + size * size; pixel++) {
      target[pixel] = (target[pixel]! / 255 - MNIST_MEAN) / MNIST_DEVIATION;
    }
  };
}

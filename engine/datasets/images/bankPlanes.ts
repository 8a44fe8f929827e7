import { channelAt } from '../../images/channel';
import type { PlaneSource, PlaneWriter } from '../planeSource';

/** Planes of a bank's images: a channel of their colours, or their values; bytes are divided by 255. */
export function bankPlanes(
  { packs, imagesPerPack, channel }: Extract<PlaneSource, { kind: 'bank' }>,
  size: number,
): PlaneWriter {
  const pixels = size * size;
  const length = channel ? 3 * pixels : pixels;
  return (image, target, offset) => {
    const start = (image % imagesPerPack) * length;
    const values = packs[Math.floor(image / imagesPerPack)]!.subarray(start, start + length);
    if (values instanceof Float32Array) {
      target.set(values, offset);
      return;
    }
    for (let pixel = 0; pixel < pixels; pixel++) {
      const value = channel ? channelAt(values, 3 * pixel, channel) : values[pixel]!;
      target[offset + pixel] = value / 255;
    }
  };
}

import type { EventBatch, SensorSize } from '../eventBatch';
import type { PictureColors, Rgb } from './pictureColors';

/** Events of each pixel and polarity. */
export class PictureCounts {
  readonly on: Uint32Array;
  readonly off: Uint32Array;

  constructor(readonly size: SensorSize) {
    this.on = new Uint32Array(size.width * size.height);
    this.off = new Uint32Array(size.width * size.height);
  }

  /** Adds the events with from <= t < to (µs); those outside the sensor are ignored. */
  add({ t, x, y, polarity }: EventBatch, from: number, to: number): void {
    const { width, height } = this.size;
    for (let index = 0; index < t.length; index++) {
      if (t[index]! >= from && t[index]! < to && x[index]! < width && y[index]! < height) {
        const counts = polarity[index] === 1 ? this.on : this.off;
        counts[y[index]! * width + x[index]!]!++;
      }
    }
  }

  /** All events that were added. */
  total(): number {
    return this.on.reduce((sum, count) => sum + count, 0) + this.off.reduce((sum, count) => sum + count, 0);
  }

  clear(): void {
    this.on.fill(0);
    this.off.fill(0);
  }
}

/** Share of the pixels with events that are left to saturate. */
const SATURATED_SHARE = 0.05;

/** Number of events at which 5 % of the pixels that fired saturate; at least 1. */
export function balancedSaturation({ on, off }: PictureCounts): number {
  const counts = on.map((count, pixel) => Math.max(count, off[pixel]!)).filter((count) => count > 0);
  counts.sort();
  return counts[Math.floor((counts.length - 1) * (1 - SATURATED_SHARE))] ?? 1;
}

function blend(target: Uint8Array, offset: number, from: Rgb, to: Rgb, share: number): void {
  for (let channel = 0; channel < 3; channel++) {
    target[offset + channel] = from[channel]! + (to[channel]! - from[channel]!) * share;
  }
}

/**
 * Paints counts: each pixel in the colour of the polarity with more events (ON where equal), the stronger the more.
 * @param saturation number of events of full colour, at least 1.
 * @returns RGB [height, width, 3].
 */
export function paintCounts(
  { on, off }: PictureCounts,
  colors: PictureColors,
  saturation: number,
): Uint8Array {
  const picture = new Uint8Array(on.length * 3);
  for (let pixel = 0; pixel < on.length; pixel++) {
    const isOn = on[pixel]! >= off[pixel]!;
    const count = isOn ? on[pixel]! : off[pixel]!;
    const share = Math.min(1, count / saturation);
    blend(picture, pixel * 3, colors.background, isOn ? colors.on : colors.off, share);
  }
  return picture;
}

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
const SATURATED_SHARE = 0.08;
/** Pixels that a full strength is found from. */
const MOST_SAMPLED = 2 ** 15;
/** A single event can be seen even where other pixels have many; as in the editor. */
const WEAKEST = 0.3;

/** Number of events at which 8 % of the pixels that fired saturate; undefined where none did. */
export function balancedSaturation({ on, off }: PictureCounts): number | undefined {
  const counts = new Uint32Array(MOST_SAMPLED);
  // An odd stride is no divisor of common widths, so that every column is looked at.
  const stride = Math.floor(on.length / MOST_SAMPLED / 2) * 2 + 1;
  let sampled = 0;
  for (let pixel = 0; pixel < on.length && sampled < MOST_SAMPLED; pixel += stride) {
    const count = Math.max(on[pixel]!, off[pixel]!);
    if (count > 0) {
      counts[sampled++] = count;
    }
  }
  const sorted = counts.subarray(0, sampled).sort();
  return sorted[Math.floor((sampled - 1) * (1 - SATURATED_SHARE))];
}

/** A picture of one colour: RGB [height, width, 3]. */
export function plainPicture({ width, height }: SensorSize, color: Rgb): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, index) => color[index % 3]!);
}

/**
 * Paints counts over a picture: each pixel with events in the colour of the polarity that has more (ON where equal), the
 * stronger the more; at least 30 % of the colour.
 * @param under RGB [height, width, 3], which stays as it is.
 * @param saturation number of events of full colour, above 0.
 * @returns RGB [height, width, 3], in memory of its own.
 */
export function paintCounts(
  { on, off }: PictureCounts,
  under: Uint8Array,
  colors: Pick<PictureColors, 'on' | 'off'>,
  saturation: number,
): Uint8Array {
  const picture = under.slice();
  for (let pixel = 0; pixel < on.length; pixel++) {
    const isOn = on[pixel]! >= off[pixel]!;
    const count = isOn ? on[pixel]! : off[pixel]!;
    if (count > 0) {
      const share = WEAKEST + (1 - WEAKEST) * Math.min(1, count / saturation);
      const color = isOn ? colors.on : colors.off;
      for (let channel = 0; channel < 3; channel++) {
        const index = pixel * 3 + channel;
        picture[index] = Math.round(picture[index]! + (color[channel]! - picture[index]!) * share);
      }
    }
  }
  return picture;
}

import type { EventBatch, SensorSize } from '../../../engine/events/eventBatch';

const LARGEST: SensorSize = { width: 2048, height: 2048 };

/** Counts events per pixel, as the first picture of an editor needs it. */
export function accumulate({ width, height }: SensorSize = LARGEST) {
  const counts = new Int32Array(width * height);
  const picture = {
    counts,
    events: 0,
    add({ t, x, y, polarity }: EventBatch, from: number, to: number): void {
      for (let index = 0; index < t.length; index++) {
        if (t[index]! >= from && t[index]! < to) {
          counts[y[index]! * width + x[index]!]! += polarity[index] === 1 ? 1 : -1;
          picture.events++;
        }
      }
    },
  };
  return picture;
}

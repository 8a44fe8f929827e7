import type { SensorSize } from '../../../engine/events/eventBatch';
import type { IndexProgress } from '../../../engine/protocol/recordingProtocol';

/**
 * A hot pixel fires this much more often than pixels do on average, and this often at least. Both are ours: with lower
 * values, what moves counts as hot in many of the recordings at hand, above all in short ones.
 */
const HOT_PIXEL_FACTOR = 50;
const HOT_PIXEL_EVENTS = 25;
/** Events/s, while the mean rate is not known. */
const HOT_PIXEL_STANDARD = 1000;

/** Mean rate in events/s above which a pixel is taken as hot at first: two digits of what has been measured. */
export function hotPixelFrequency(
  { width, height }: SensorSize,
  index: Pick<IndexProgress, 'done' | 'events' | 'first' | 'last'> | undefined,
): number {
  const seconds = index?.done ? (index.last - index.first) / 1e6 : 0;
  if (!index || seconds <= 0 || index.events === 0) {
    return HOT_PIXEL_STANDARD;
  }
  const events = Math.max(HOT_PIXEL_EVENTS, (HOT_PIXEL_FACTOR * index.events) / (width * height));
  return Number((events / seconds).toPrecision(2));
}

/** What a step needs that has no standard value. */
export function startValues(
  name: string,
  sensor: SensorSize,
  index: IndexProgress | undefined,
): Readonly<Record<string, unknown>> {
  switch (name) {
    case 'Crop': {
      const width = Math.max(1, Math.floor(sensor.width / 2));
      const height = Math.max(1, Math.floor(sensor.height / 2));
      return { x: Math.floor(sensor.width / 4), y: Math.floor(sensor.height / 4), width, height };
    }
    case 'Polarity':
      return { keep: 'on' };
    case 'DropPixel':
      return { hot_pixel_frequency: hotPixelFrequency(sensor, index) };
    default:
      return {};
  }
}

import type { EventBatch, SensorSize } from '../eventBatch';
import { PictureCounts, paintCounts } from './picture';
import type { PictureColors } from './pictureColors';

/** How a recording becomes moving pictures. */
export interface SequenceOptions {
  readonly size: SensorSize;
  /** What one picture shows, in µs. */
  readonly window: number;
  /** Recording time from one picture to the next, in µs. */
  readonly step: number;
  readonly colors: PictureColors;
  /** Events of full colour. */
  readonly saturation: number;
}

/** One of the moving pictures. */
export interface SequencePicture {
  /** RGB [height, width, 3], in memory of its own. */
  readonly rgb: Uint8Array;
  /** Shows events with from <= t < to, in µs. */
  readonly from: number;
  readonly to: number;
}

function copy({ t, x, y, polarity }: EventBatch): EventBatch {
  return { t: t.slice(), x: x.slice(), y: y.slice(), polarity: polarity.slice() };
}

/**
 * Pictures of a stream of events, one every `step` µs from the first event on; the last shows the last event. Holds
 * the events of one window.
 */
export async function* pictureSequence(
  events: AsyncIterable<EventBatch>,
  { size, window, step, colors, saturation }: SequenceOptions,
): AsyncGenerator<SequencePicture> {
  const counts = new PictureCounts(size);
  let held: EventBatch[] = [];
  let end = Number.NaN;
  let latest = Number.NEGATIVE_INFINITY;

  function draw(): SequencePicture {
    const from = end - window;
    counts.clear();
    for (const batch of held) {
      counts.add(batch, from, end);
    }
    held = held.filter(({ t }) => t.some((time) => time >= from + step));
    const picture = { rgb: paintCounts(counts, colors, saturation), from, to: end };
    end += step;
    return picture;
  }

  for await (const batch of events) {
    if (batch.t.length === 0) {
      continue;
    }
    end = Number.isNaN(end) ? batch.t[0]! + step : end;
    held.push(copy(batch));
    latest = batch.t.reduce((most, time) => Math.max(most, time), latest);
    while (latest >= end) {
      yield draw();
    }
  }
  if (latest >= end - step) {
    yield draw();
  }
}

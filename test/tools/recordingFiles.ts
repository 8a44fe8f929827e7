import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  allocateEvents,
  type EventBatch,
  firstEvents,
  type SensorSize,
} from '../../engine/events/eventBatch';
import { formatOfFile } from '../../engine/events/writers/recordingFormats';
import { openRecordingWriter } from '../../engine/events/writers/recordingWriter';

/** What a synthetic recording is made of. */
export interface SyntheticScene {
  readonly size: SensorSize;
  readonly milliseconds: number;
  /** Events of each edge per millisecond. */
  readonly eventsPerMillisecond: number;
  /** Timestamp of the first event in µs. */
  readonly first?: number;
}

/** A repeatable value in [0, 1) for each index. */
function noise(index: number): number {
  const value = Math.sin(index * 12.9898 + 78.233) * 43758.5453;
  return value - Math.floor(value);
}

/**
 * Events of a bar that turns around the sensor's middle, its front edge ON and its back edge OFF, and a little noise:
 * repeatable, in time order, more events at some times than at others.
 */
export function turningBar(scene: SyntheticScene): EventBatch {
  const { size, milliseconds, eventsPerMillisecond, first = 0 } = scene;
  const batch = allocateEvents(milliseconds * eventsPerMillisecond * 2);
  const radius = Math.min(size.width, size.height) * 0.45;
  let count = 0;
  for (let millisecond = 0; millisecond < milliseconds; millisecond++) {
    const events = Math.round(eventsPerMillisecond * (1 + 0.8 * Math.sin(millisecond / 40)));
    for (let event = 0; event < events; event++) {
      const t = millisecond * 1000 + Math.floor((event * 1000) / events);
      const isNoise = noise(count + 3) < 0.06;
      const polarity = noise(count) < 0.5 ? 1 : 0;
      const angle = t / 60_000 + (polarity ? 0.03 : -0.12) + (noise(count + 1) - 0.5) * 0.05;
      const distance = (noise(count + 2) * 2 - 1) * radius;
      const x = isNoise ? noise(count + 5) * size.width : size.width / 2 + Math.cos(angle) * distance;
      const y = isNoise ? noise(count + 7) * size.height : size.height / 2 + Math.sin(angle) * distance;
      batch.t[count] = first + t;
      batch.x[count] = Math.min(size.width - 1, Math.max(0, Math.floor(x)));
      batch.y[count] = Math.min(size.height - 1, Math.max(0, Math.floor(y)));
      batch.polarity[count] = polarity;
      count++;
    }
  }
  return firstEvents(batch, count);
}

/** Writes events as a recording of the format that the file's suffix names. */
export async function writeRecording(file: string, events: EventBatch, size: SensorSize): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  const writer = await openRecordingWriter(file, { format: formatOfFile(file), size, replace: true });
  await writer.write(events);
  await writer.finish();
  return file;
}

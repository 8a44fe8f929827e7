import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { EventBatch } from '../../../engine/events/eventBatch';
import { openRecordingFile } from '../../../engine/events/openRecordingFile';
import { formatByName } from '../../../engine/events/writers/recordingFormats';
import { openRecordingWriter } from '../../../engine/events/writers/recordingWriter';
import type { Tiled } from './tile';

/** Real recordings that are repeated through a writer, for formats whose bytes cannot simply be put in a row. */
const SOURCES: Readonly<Record<string, string>> = {
  aedat4: 'aedat4/aestream_davis.aedat4',
  npy: 'evt2/faery_evt2.raw',
  hdf5: 'evt2/faery_evt2.raw',
  csv: 'evt2/faery_evt2.raw',
};

async function readBatches(file: string) {
  const recording = await openRecordingFile(file);
  const batches: EventBatch[] = [];
  const reader = await recording.events();
  for (let batch = await reader.next(); batch; batch = await reader.next()) {
    batches.push(batch);
  }
  await recording.close();
  return { batches, size: recording.info.size?.value ?? { width: 1280, height: 720 } };
}

/** Writes a recording again and again, with timestamps that go on, until there are so many events. */
export async function writeRepeated(
  recordings: string,
  format: string,
  out: string,
  leastEvents: number,
): Promise<Tiled> {
  const source = SOURCES[format];
  if (!source) {
    throw new Error(`no recording to repeat for ${format}`);
  }
  const { batches, size } = await readBatches(path.join(recordings, source));
  const duration = batches.at(-1)!.t.at(-1)! - batches[0]!.t[0]! + 1;
  const writer = await openRecordingWriter(out, { format: formatByName(format), size, replace: true });
  for (let round = 0; writer.events < leastEvents; round++) {
    for (const batch of batches) {
      await writer.write({ ...batch, t: batch.t.map((time) => time + round * duration) });
    }
  }
  const { events } = writer;
  await writer.finish();
  return { events, bytes: (await stat(out)).size };
}

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SensorSize } from '../../../engine/events/eventBatch';
import { openRecordingFile } from '../../../engine/events/openRecordingFile';
import { formatOfFile } from '../../../engine/events/writers/recordingFormats';
import { openRecordingWriter } from '../../../engine/events/writers/recordingWriter';
import { batchOf, type EventRow, rowsOf } from './eventRows';

/** A temporary folder of recordings; whoever made it removes it. */
export interface RecordingFolder {
  file(name: string): string;
  names(): Promise<string[]>;
  /** Writes rows in the format of the name's suffix. @returns the path. */
  write(name: string, rows: readonly EventRow[], size?: SensorSize): Promise<string>;
  /** All events of a file of the folder, and the size that it states. */
  read(name: string): Promise<{ rows: EventRow[]; size: SensorSize | undefined }>;
  remove(): Promise<void>;
}

export async function recordingFolder(): Promise<RecordingFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-recordings-'));
  const file = (name: string) => path.join(folder, name);
  return {
    file,
    names: async () => (await readdir(folder)).sort(),
    async write(name, rows, size = { width: 64, height: 48 }) {
      const writer = await openRecordingWriter(file(name), { format: formatOfFile(name), size });
      await writer.write(batchOf(rows));
      await writer.finish();
      return file(name);
    },
    async read(name) {
      const recording = await openRecordingFile(file(name));
      const reader = await recording.events();
      const rows: EventRow[] = [];
      for (let events = await reader.next(); events; events = await reader.next()) {
        rows.push(...rowsOf(events));
      }
      await reader.close();
      await recording.close();
      return { rows, size: recording.info.size?.value };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** `count` rows, `step` µs apart, over all pixels and both polarities. */
export function steadyRows(count: number, step: number, start = 0): EventRow[] {
  return Array.from({ length: count }, (_, index) => [
    start + index * step,
    (index * 7) % 64,
    (index * 5) % 48,
    index % 2,
  ]);
}

import type { RecordingCodec } from '../recording';
import { WarningLog } from '../warningLog';
import { BAG_MAGIC, openBagLog } from './bagLog';
import { openDb3Log } from './db3Log';
import { MCAP_MAGIC, openMcapLog } from './mcapLog';
import { rosRecording } from './rosRecording';
import { SQLITE_MAGIC } from './sqlite';

async function startsWith(
  source: Parameters<RecordingCodec['recognise']>[0],
  text: string,
): Promise<boolean> {
  const bytes = await source.read(0, text.length);
  return bytes.length === text.length && String.fromCharCode(...bytes) === text;
}

/** ROS 1 bags, version 2.0 (formats.md section 8). */
export const rosbagCodec: RecordingCodec = {
  format: 'rosbag',
  async recognise(source) {
    return (await startsWith(source, BAG_MAGIC))
      ? { how: 'first line #ROSBAG V2.0', confidence: 'certain' }
      : undefined;
  },
  async open(source, options) {
    const warnings = new WarningLog();
    const log = await openBagLog(source, warnings);
    return rosRecording(source, log, 'rosbag', 'first line #ROSBAG V2.0', warnings, options);
  },
};

/** ROS 2 bags in SQLite (formats.md section 8). */
export const db3Codec: RecordingCodec = {
  format: 'db3',
  async recognise(source) {
    return (await startsWith(source, SQLITE_MAGIC))
      ? { how: 'SQLite 3 database', confidence: 'certain' }
      : undefined;
  },
  async open(source, options) {
    const warnings = new WarningLog();
    const log = await openDb3Log(source, warnings);
    return rosRecording(
      source,
      log,
      'db3',
      'SQLite 3 database with tables topics and messages',
      warnings,
      options,
    );
  },
};

/** ROS 2 bags in MCAP (formats.md section 8). */
export const mcapCodec: RecordingCodec = {
  format: 'mcap',
  async recognise(source) {
    return (await startsWith(source, String.fromCharCode(...MCAP_MAGIC)))
      ? { how: 'magic bytes 89 MCAP0', confidence: 'certain' }
      : undefined;
  },
  async open(source, options) {
    const warnings = new WarningLog();
    const log = await openMcapLog(source, warnings);
    return rosRecording(source, log, 'mcap', 'magic bytes 89 MCAP0', warnings, options);
  },
};

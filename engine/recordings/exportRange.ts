import type { SensorSize } from '../events/eventBatch';
import { formatByName } from '../events/writers/recordingFormats';
import { openRecordingWriter } from '../events/writers/recordingWriter';
import type { ExportAnswer, ExportQuery } from '../protocol/recordingProtocol';
import { FilteredEvents } from './filteredEvents';
import { type TimeAccess, throwIfAborted } from './timeAccess';

/**
 * Writes the filtered events of a range as a new recording; nothing is left behind when it fails or is withdrawn.
 * @throws SpikeBridgeError as the format's writer does.
 */
export async function exportRange(
  access: TimeAccess,
  size: SensorSize,
  query: ExportQuery,
  signal: AbortSignal,
): Promise<ExportAnswer> {
  const { from, to, chain, target } = query;
  const sensor = access.recording.info.sensor?.value;
  const format = formatByName(query.format);
  // The user has confirmed in the dialog that a file may be replaced.
  const writer = await openRecordingWriter(target, {
    format,
    size,
    replace: true,
    ...(sensor && { sensor }),
  });
  try {
    for await (const batch of new FilteredEvents(access).batches({ from, to }, chain, signal)) {
      throwIfAborted(signal);
      if (batch.t.length > 0) {
        await writer.write(batch);
      }
    }
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return { target, events: writer.events };
}

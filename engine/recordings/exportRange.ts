import type { EventBatch, SensorSize } from '../events/eventBatch';
import { renderRecording } from '../events/rendering/renderRecording';
import type { RecordingFormat } from '../events/writers/recordingEncoder';
import { formatByName } from '../events/writers/recordingFormats';
import { openRecordingWriter } from '../events/writers/recordingWriter';
import type { ExportAnswer, ExportQuery } from '../protocol/recordingProtocol';
import { FilteredEvents } from './filteredEvents';
import { type TimeAccess, throwIfAborted } from './timeAccess';

const FRAMES_PER_SECOND = 25;

/**
 * Draws the filtered events of a range as an animated GIF, over the camera frames where the film wants them.
 * @throws SpikeBridgeError as {@link renderRecording} does.
 */
export async function exportFilm(
  access: TimeAccess,
  size: SensorSize,
  { from, to, chain, target, film }: ExportQuery,
  signal: AbortSignal,
): Promise<ExportAnswer> {
  await renderRecording(access.recording, {
    target,
    size,
    from,
    to,
    signal,
    filters: chain,
    framesPerSecond: FRAMES_PER_SECOND,
    replace: true,
    ...film,
    // What the editor shows: a recording without frames is shown without.
    frames: film.frames === true && access.recording.tracks.some(({ kind }) => kind === 'frame'),
  });
  return { target };
}

/** µs to subtract where a format cannot hold the times of a range: they then count from its beginning. */
export function subtractedFor({ limits }: RecordingFormat, { from, to }: ExportQuery): number {
  return limits && (from < limits.firstTime || to > limits.timeLimit) ? from : 0;
}

function earlier(batch: EventBatch, by: number): EventBatch {
  return by === 0 ? batch : { ...batch, t: batch.t.map((t) => t - by) };
}

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
  const subtracted = subtractedFor(format, query);
  // The user has confirmed in the dialog that a file may be replaced.
  const writer = await openRecordingWriter(target, {
    format,
    size,
    replace: true,
    signal,
    ...(sensor && { sensor }),
  });
  try {
    for await (const batch of new FilteredEvents(access).batches({ from, to }, chain, signal)) {
      throwIfAborted(signal);
      if (batch.t.length > 0) {
        await writer.write(earlier(batch, subtracted));
      }
    }
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return {
    target,
    ...(subtracted !== 0 && {
      note: `Its times count from ${subtracted} µs of this recording, because ${format.title} cannot hold such late ones.`,
    }),
  };
}

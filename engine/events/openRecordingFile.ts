import { openFileSource } from './fileSource';
import { openRecording } from './openRecording';
import type { OpenOptions, Recording } from './recording';

/**
 * Opens the event recording at a path (Node only; elsewhere use `openRecording` with a source).
 * @throws SpikeBridgeError as `openFileSource` and `openRecording` do.
 */
export async function openRecordingFile(file: string, options: OpenOptions = {}): Promise<Recording> {
  return openRecording(await openFileSource(file), options);
}

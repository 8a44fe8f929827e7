import { SpikeBridgeError } from '../../errors';
import { openRecordingFile } from '../../events/openRecordingFile';
import type { OpenOptions, Recording } from '../../events/recording';

function interrupted(): SpikeBridgeError {
  return new SpikeBridgeError('cancelled', 'stopped by Ctrl-C', 'Run the command again.');
}

/**
 * The result of work that is given up as soon as the signal is aborted.
 * @throws SpikeBridgeError (cancelled) then; else as the work does.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp = () => {};
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(interrupted());
    signal.addEventListener('abort', giveUp);
  });
  if (signal.aborted) {
    giveUp();
  }
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** How long work may take to tidy up once its recording is closed under it. */
const TIDY_MS = 1000;

/**
 * Opens a recording, works with it and closes it. An aborted signal closes it at once, whatever is being read: that
 * ends the work, which still removes what it wrote.
 * @throws SpikeBridgeError (cancelled) when the signal is aborted; else as opening and the work do.
 */
export async function withRecording<T>(
  file: string,
  options: OpenOptions,
  signal: AbortSignal,
  work: (recording: Recording) => Promise<T>,
): Promise<T> {
  const recording = await untilAborted(openRecordingFile(file, options), signal);
  const working = work(recording);
  try {
    return await untilAborted(working, signal);
  } finally {
    await recording.close();
    if (signal.aborted) {
      const tidied = working.then(
        () => {},
        () => {},
      );
      await Promise.race([tidied, new Promise((resolve) => setTimeout(resolve, TIDY_MS).unref())]);
    }
  }
}

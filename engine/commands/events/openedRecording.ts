import { SpikeBridgeError } from '../../errors';
import { openRecordingFile } from '../../events/openRecordingFile';
import type { OpenOptions, Recording } from '../../events/recording';
import type { Output } from '../output';

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

/** @throws SpikeBridgeError (usage) for the name by which standard input goes. */
function requireFile(file: string): void {
  if (file === '-') {
    throw new SpikeBridgeError(
      'usage',
      'standard input is not read: recordings are read from any place of a file',
      'Write it to a file first, and give its name (./- for a file whose name is -).',
    );
  }
}

/** Properties that formats have whose columns or unit may have to be told, by the option that tells them. */
const TOLD = { columns: ['--columns', 'columns'], timeUnit: ['--time-unit', 'time unit'] } as const;

/** Options that a recording has no use for, because its format says what they would say. */
function idleOptions({ info }: Recording, options: OpenOptions): string[] {
  const isProperty = (name: string) => info.properties.some(([each]) => each === name);
  return (['columns', 'timeUnit'] as const)
    .filter((key) => options[key] !== undefined && !isProperty(TOLD[key][1]))
    .map((key) => TOLD[key][0]);
}

/** How long work may take to tidy up once its recording is closed under it. */
const TIDY_MS = 1000;

/** How work with a recording is watched. */
export interface Watch {
  readonly signal: AbortSignal;
  readonly output: Output;
}

/**
 * Opens a recording, works with it and closes it. An aborted signal closes it at once, whatever is being read: that
 * ends the work, which still removes what it wrote.
 * @throws SpikeBridgeError (cancelled) when the signal is aborted; (usage) for standard input; else as opening and the work do.
 */
export async function withRecording<T>(
  file: string,
  options: OpenOptions,
  { signal, output }: Watch,
  work: (recording: Recording) => Promise<T>,
): Promise<T> {
  requireFile(file);
  const recording = await untilAborted(openRecordingFile(file, options), signal);
  for (const option of idleOptions(recording, options)) {
    output.note(`warning: ${option} has no effect: ${recording.info.format.value} files say it themselves`);
  }
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
